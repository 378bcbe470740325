/** The value behind every button: `{v, verb, id, digest?}`. Untrusted when it comes back: it names a subject, rights are looked up. */
export interface ButtonValue {
  readonly v: 1
  readonly verb: string
  /** Subject, `kind:number`, e.g. `change:12`, `bulletin:4`, `delay:3`. */
  readonly id: string
  /** Plan digest, where a plan is approved. */
  readonly digest?: string
}

/** What somebody wants. The adapter has proved who `actor` is (platform identity), nothing else. */
export interface Intent {
  /** Id of a person in the policy. */
  readonly actor: string
  /** Place id where it was said. */
  readonly place: string
  readonly verb: string
  /** Subject, or empty where the verb has none. */
  readonly subject: string
  readonly digest?: string
  /** Form inputs; a typed command comes as verb `command` with `inputs.text`. */
  readonly inputs: Readonly<Record<string, string>>
  /** Unique per delivery where the platform gives one: the same delivery twice has one effect. */
  readonly delivery?: string
}

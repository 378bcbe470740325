import type { ChangeState } from '../core/change/state.ts'
import type { ChangeType } from '../core/evaluate/classification.ts'
import type { Clocks } from '../core/evaluate/clocks.ts'
import { reasonWords } from '../core/evaluate/terms.ts'
import type { Verdict } from '../core/identify/verification.ts'
import { personOf } from '../core/policy/groups.ts'
import type { ChangeClass, Policy, Role } from '../core/policy.ts'
import type { Instant } from '../core/result.ts'
import type { Action, Badge, Block, Card, Field, Form, Span, Text, Tone } from './card.ts'

/** Small words that several cards share, so that one thing is said one way. */

export const nameOf = (policy: Policy, id: string): string => personOf(policy, id)?.name ?? id

export const at = (time: Instant): Span => ({ time, style: 'date-time' })

/** "Dana Kowalska, Mon 23 Nov 14:12": who did it, and when. */
export const who = (policy: Policy, id: string, when: Instant): Text => [`${nameOf(policy, id)}, `, at(when)]

/** Every role in words: "patch team". */
export const roleWords = (role: Role): string => role.replaceAll('-', ' ')

/** The holders of a role, called: a card says so only while they are needed, and an edit calls nobody again. */
export const callRole = (role: Role): Span => ({ mention: 'role', id: role, name: roleWords(role) })
export const callPerson = ({ id, name }: { readonly id: string; readonly name: string }): Span => ({ mention: 'person', id, name })

/** "1 host", "3 hosts". */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** "a, b and c". */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/** "a, b and c" of pieces of text. */
export const listedText = (texts: readonly Span[]): Text =>
  texts.flatMap((text, i) => (i === 0 ? [text] : [i === texts.length - 1 ? ' and ' : ', ', text]))

/** The same of longer texts: "a; b and c" reads badly, so they are set apart by semicolons. */
export const joined = (texts: readonly Text[]): Text => texts.flatMap((text, i) => (i === 0 ? text : ['; ', ...text]))

/** The first few of a long list, and how many more there are. */
export const shortened = (words: readonly string[], most: number): string =>
  words.length <= most ? words.join(', ') : `${words.slice(0, most).join(', ')} (+${words.length - most} more)`

const CLASS_TONE: Readonly<Record<ChangeClass, Tone>> = { critical: 'danger', high: 'warning', medium: 'info', low: 'neutral' }
export const classBadge = (c: ChangeClass): Badge => ({ text: c.toUpperCase(), tone: CLASS_TONE[c] })

const VERDICT_TONE: Readonly<Record<Verdict, Tone>> = {
  AUTHENTIC: 'good',
  CORROBORATED: 'good',
  UNCONFIRMED: 'warning',
  QUARANTINED: 'danger',
  BOGUS: 'danger',
}
export const verdictBadge = (v: Verdict): Badge => ({ text: v, tone: VERDICT_TONE[v] })

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

export const isRehearsal = (state: ChangeState): boolean => state.submission?.plan.runner === 'rehearsal'
/** What is only pretended says so on every card: a drill as a whole, else a plan whose runner touches nothing. */
export const rehearsalBadge = (state: ChangeState): readonly Badge[] =>
  state.drill ? [{ text: 'DRILL', tone: 'info' }] : isRehearsal(state) ? [{ text: 'REHEARSAL', tone: 'info' }] : []

/** A normal change needs no badge: that is the rule. */
export const typeBadge = (type: ChangeType | undefined): readonly Badge[] =>
  type === undefined || type === 'normal' ? [] : [{ text: type.toUpperCase(), tone: type === 'emergency' ? 'danger' : 'info' }]

/** Short title of what a change is about: the publisher's own, without its standing prefix. */
export const shortTitle = (title: string): string => title.replace(/^Red Hat Security Advisory:\s*/i, '')

/** The package that gives the change its name on cards: the shortest name among what is installed. */
export function subjectOf(state: ChangeState): string {
  const names = new Set(state.hosts.flatMap((h) => h.packages.map((p) => p.name)))
  return [...names].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0] ?? shortTitle(state.bulletin.title)
}

/** What has to happen next, and whose turn it is. */
export const next = (...text: Text): Block => ({ kind: 'text', text: [{ strong: 'Next: ' }, ...text] })

export const textBlock = (...text: Text): Block => ({ kind: 'text', text })
export const quiet = (...text: Text): Block => ({ kind: 'text', text, quiet: true })
export const outcome = (tone: Tone, ...text: Text): Block => ({ kind: 'outcome', tone, text })
export const fact = (label: string, ...value: Text): { readonly label: string; readonly value: Text } => ({ label, value })

export const button = (label: string, verb: string, id: string, more: Partial<Action> = {}): Action => ({
  label,
  verb,
  id,
  style: 'default',
  ...more,
})

/** A choice of one; the first option is chosen already where no other is given. */
export const choice = (
  id: string,
  label: string,
  options: readonly { readonly value: string; readonly label: string }[],
  value = options[0]?.value,
): Field => ({ kind: 'choice', id, label, required: true, options, ...(value === undefined ? {} : { value }) })

/** Several lines that have to be filled in. */
export const longText = (id: string, label: string, more: { readonly value?: string; readonly maxLength?: number } = {}): Field => ({
  kind: 'text',
  id,
  label,
  multiline: true,
  required: true,
  maxLength: 500,
  ...more,
})

/** One line that may stay empty, or starts with a value. */
export const shortText = (id: string, label: string, more: { readonly value?: string; readonly hint?: string } = {}): Field => ({
  kind: 'text',
  id,
  label,
  multiline: false,
  required: false,
  maxLength: 200,
  ...more,
})

/** A form that asks for nothing but a reason. */
export const reasonForm = (title: string, label: string, submit: string): Form => ({
  title,
  submit,
  fields: [longText('reason', label)],
})

/** A card that only its reader sees. */
export const whisper = (title: string, blocks: readonly Block[], more: Partial<Card> = {}): Card => ({
  look: 'whisper',
  tone: 'neutral',
  badges: [],
  title,
  blocks,
  actions: [],
  summary: title,
  ...more,
})

/** One line in a thread. */
export const note = (title: string, tone: Tone, ...blocks: readonly Block[]): Card => ({
  look: 'standard',
  tone,
  badges: [],
  title,
  blocks,
  actions: [],
  summary: title,
})

/** What "now" needs of a deadline on a card: absolute, so that the card does not change for ever. */
export function clockFacts(state: ChangeState): Text {
  const { clocks } = state
  if (!clocks) return []
  const start: Text = clocks.startBy ? ['start by ', at(clocks.startBy)] : ['await a rollup or service pack']
  const complete: Text = clocks.completeBy ? [', complete by ', at(clocks.completeBy)] : [', no deadline to complete']
  return [...start, ...complete, ...whyWords(clocks)]
}

/** What decided the deadlines, what was not known, and what is due beside the fix. */
function whyWords({ why = '', missing, triage }: Clocks): Text {
  const reason = reasonWords(why, missing?.inputs ?? [], missing?.counted ?? 'worst')
  return [
    ...(reason === '' ? [] : [` · ${reason}`]),
    ...(triage
      ? [
          ' Forensic triage: scope by ',
          at(triage.scopeBy),
          ', evidence before the patch and by ',
          at(triage.evidenceBy),
          ', escalation decided by ',
          at(triage.escalateBy),
          '.',
        ]
      : []),
  ]
}

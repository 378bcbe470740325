import { type Ruled, refuse } from '../../core/result.ts'

/** What a button or command is about: `change:12`, `bulletin:4`, `delay:3`, `failure:12/ring-2-ab12cd34`. */
export interface Subject {
  readonly kind: 'change' | 'bulletin' | 'delay' | 'failure' | 'post' | 'reminder' | 'policy' | 'role-request' | 'doubt' | 'bogus-drill'
  readonly number: number
  /** Of a failure: which group. */
  readonly key: string
}

const SHAPE = /^(change|bulletin|delay|failure|post|reminder|policy|role-request|doubt|bogus-drill):(\d{1,9})(?:\/([a-z0-9-]{1,60}))?$/

/** Reads an untrusted subject. */
export function readSubject(text: string, kinds: readonly Subject['kind'][]): Ruled<Subject> {
  const [, kind, number, key] = SHAPE.exec(text) ?? []
  const found = kinds.find((k) => k === kind)
  if (!found || number === undefined)
    return refuse('SUBJECT_UNKNOWN', `Expected ${kinds.map((k) => `${k}:NUMBER`).join(' or ')}, got "${text.slice(0, 60)}".`)
  return { ok: true, value: { kind: found, number: Number(number), key: key ?? '' } }
}

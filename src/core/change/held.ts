import { allow, refuse } from '../result.ts'
import { bulletinsOf } from './bulletins.ts'
import type { ChangeEvent, Command, Context } from './command.ts'
import { blank, type Decision, isOver, type Refused, withRole } from './guard.ts'
import { filesStand } from './patch-files.ts'
import type { ChangeState, HeldDocument } from './state.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/** As many that nobody has decided on yet are told with their reasons; of more, which only hide them, it is known that each has to be decided on. */
const MOST_OPEN = 20

/** What is said of one of those. */
const ONE_OF_MANY = `It is one of more than ${MOST_OPEN} that are held.`

export const isOneOfMany = ({ reason }: Pick<HeldDocument, 'reason'>): boolean => reason === ONE_OF_MANY

const restsOn = (state: ChangeState, rowId: number): boolean => bulletinsOf(state).some((b) => b.rowId === rowId)

/**
 * What speaks against the change: nobody of security has let it go on yet. A bulletin of the change that was contradicted counts only
 * as long as the change rests on it.
 */
export const openHeld = (state: ChangeState): readonly HeldDocument[] =>
  (state.held ?? []).filter(({ rowId, own, decided }) => decided?.goesOn !== true && (!own || restsOn(state, rowId)))

/** No go, no announcement, no ring and no resume while a document is held against the change. */
function heldStands(state: ChangeState): Refused | { readonly ok: true } {
  const [first] = openHeld(state)
  if (!first) return { ok: true }
  return refuse(
    'DOCUMENT_HELD',
    first.decided
      ? `Security has rejected ${first.name}, which it rests on: ${first.decided.reason ?? ''}`
      : `${first.name} is held: ${first.reason} Security has to decide on it first, with a reason.`,
  )
}

/** What a decision was made on still stands: its patch files, and its bulletins. */
export function groundStands(state: ChangeState): Refused | { readonly ok: true } {
  const files = filesStand(state)
  return files.ok ? heldStands(state) : files
}

/** A held document says that it is a bulletin of this change, or is one. What is planned or runs is held: the quorum resumes it. */
export function noteHeld(state: ChangeState, { document }: Of<'note-held'>): Decision {
  // What was let go on may be held again, for another reason.
  const known = (state.held ?? []).some(
    ({ rowId, reason, decided }) => rowId === document.rowId && (decided?.goesOn !== true || reason === document.reason),
  )
  if (isOver(state) || known) return allow([])
  const many = !document.own && openHeld(state).length >= MOST_OPEN
  return allow([{ kind: 'document held', document: many ? { ...document, reason: ONE_OF_MANY } : document }, ...holds(state, document)])
}

function holds({ rollout }: ChangeState, { name, reason }: Of<'note-held'>['document']): readonly ChangeEvent[] {
  if (rollout?.status !== 'waiting' && rollout?.status !== 'running') return []
  return [{ kind: 'halted', by: null, ring: null, reason: `${name}: ${reason}`, cause: 'bulletin' }]
}

/** Security's word, by name and with a reason; or the house's, where the very bytes came again with a good proof. */
export function decideHeld(state: ChangeState, { rowId, goesOn, reason }: Of<'decide-held'>, ctx: Context): Decision {
  if (ctx.actor !== null) {
    const who = withRole(ctx, ['security'], 'decide on a held document')
    if (!who.ok) return who
  }
  const document = (state.held ?? []).find((one) => one.rowId === rowId && !one.decided)
  if (!document) return refuse('STALE', 'Nothing of this change waits for a decision on that document any more.')
  if (blank(reason)) return refuse('REASON_NEEDED', 'Please say what you found out: an auditor will ask.')
  return allow([{ kind: 'held document decided', by: ctx.actor?.id ?? null, rowId, name: document.name, goesOn, reason }])
}

/** The documents with one more; what was let go on long ago makes room. */
export const withHeld = (held: readonly HeldDocument[], document: HeldDocument): readonly HeldDocument[] => [
  ...(held.length < 2 * MOST_OPEN ? held : held.filter(({ decided }) => decided?.goesOn !== true)),
  document,
]

import type { Bulletin } from '../identify/bulletin.ts'
import { storyOf } from '../identify/story.ts'
import type { BulletinFacts, ChangeState, JoinedBulletin } from './state.ts'

/** All bulletins of a change, the leading one first, each with its own vouch. */
export const bulletinsOf = (state: ChangeState): readonly JoinedBulletin[] => [
  { ...state.bulletin, ...(state.vouch ? { vouch: state.vouch } : {}) },
  ...state.bulletins,
]

/** Revisions of one bulletin are the same bulletin, whoever tells of it. */
export const sameBulletin = (a: Pick<Bulletin, 'source' | 'vendorId'>, b: Pick<Bulletin, 'source' | 'vendorId'>): boolean =>
  storyOf(a) === storyOf(b)

export const vulnerabilitiesOf = (state: ChangeState): Bulletin['vulnerabilities'] => bulletinsOf(state).flatMap((b) => b.vulnerabilities)

/** What has to be restarted for all of its fixes to work. */
export function restartOf(state: ChangeState): Bulletin['restart'] {
  const all = bulletinsOf(state).map((b) => b.restart)
  return (['reboot', 'services'] as const).find((restart) => all.includes(restart)) ?? 'none stated'
}

/** UNCONFIRMED ones for which nobody has vouched yet. */
export const unvouched = (state: ChangeState): readonly JoinedBulletin[] =>
  bulletinsOf(state).filter((b) => b.verdict === 'UNCONFIRMED' && !b.vouch)

/** A person vouched for the bytes they saw, not for later ones. */
export const vouchHolds = (before: BulletinFacts, later: BulletinFacts): boolean =>
  later.digest === before.digest || later.verdict !== 'UNCONFIRMED'

/** The change with another version of one of its bulletins, which keeps its place and, where it holds, its vouch. */
export function withBulletin(state: ChangeState, facts: BulletinFacts): ChangeState {
  const { vouch, ...rest } = state
  if (sameBulletin(state.bulletin, facts))
    return { ...rest, ...(vouch && vouchHolds(state.bulletin, facts) ? { vouch } : {}), bulletin: facts }
  const bulletins = state.bulletins.map((old) =>
    sameBulletin(old, facts) ? { ...facts, ...(old.vouch && vouchHolds(old, facts) ? { vouch: old.vouch } : {}) } : old,
  )
  return { ...state, bulletins }
}

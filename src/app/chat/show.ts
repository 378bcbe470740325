import type { Audience } from '../../core/policy.ts'
import { json } from '../change/rows.ts'
import type { Unit } from '../house.ts'
import { wantPost } from './posts.ts'

/** Ids of the places that an audience reads. */
const placesFor = (unit: Unit, audience: Audience): readonly string[] =>
  unit.house.inForce.policy.places.filter((p) => p.audience === audience).map((p) => p.id)

/** A card for an audience, kept up to date from now on. */
export async function show(unit: Unit, audience: Audience, subject: string, purpose: string, payload?: object): Promise<void> {
  for (const placeId of placesFor(unit, audience))
    await wantPost(unit.tx, { subject, purpose, placeId, now: unit.now, ...(payload ? { payload: json(payload) } : {}) })
}

/**
 * A reply in the thread of the post `under` (of the same subject, where no other is given). With another payload than
 * `frozen` it is drawn from the state and kept up to date.
 */
export async function reply(
  unit: Unit,
  audience: Audience,
  subject: string,
  under: string,
  purpose: string,
  payload: object,
  parentSubject = subject,
): Promise<void> {
  for (const placeId of placesFor(unit, audience))
    await wantPost(unit.tx, {
      subject,
      purpose,
      placeId,
      parent: { subject: parentSubject, purpose: under },
      payload: json(payload),
      now: unit.now,
    })
}

/**
 * The cards that belong to one plan: a plan made after a roll-back gets cards of its own, because people must be told
 * anew, and an old message that changes silently is no news.
 */
export const planPurpose = (
  kind: 'decision' | 'representatives' | 'announcement' | 'progress' | 'review' | 'summary',
  digest: string,
): string => `${kind}:${digest.slice(0, 12)}`

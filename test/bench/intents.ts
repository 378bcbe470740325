import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { readKnown } from '../../src/app/change/known.ts'
import type { Click } from '../../src/app/change/save-clicks.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { evolve } from '../../src/core/change/evolve.ts'
import { patchOf } from '../../src/core/patch.ts'
import { auditText } from '../../src/db/audit.ts'
import { type Bench, each, median, rounded, timed } from './bench.ts'
import { benchHouse, undecided } from './house.ts'

const ROUNDS = 5
const CLICKS = 400
const AT_ONCE = 16
const GOAL = 0.9

/**
 * Approvals a second through the one door, each on a change of its own, against the same effect as one bare SQL statement whose
 * values are known beforehand. In turn, round by round, so that a machine that slows down slows both.
 */
export async function bench(): Promise<Bench> {
  const now = new Date('2026-11-25T12:00:00Z')
  const { house, url, end } = await benchHouse(now)
  const pool = new pg.Pool({ connectionString: url, max: AT_ONCE })
  try {
    const state = await undecided(house, now)
    const digest = state.submission?.digest ?? ''
    const [approver] = house.inForce.policy.people.filter((p) => p.roles.includes('security') && p.id !== state.submission?.submitted.by)
    if (!approver) throw new Error('nobody of the sample may approve')
    const open = async (): Promise<readonly number[]> => {
      const { rows } = await pool.query<{ id: number }>(
        `WITH made AS (INSERT INTO "Change" (phase, state, "createdAt") SELECT 'deciding', '{}', $1 FROM generate_series(1, $2) RETURNING id)
         SELECT id FROM made`,
        [now, CLICKS],
      )
      const ids = rows.map((r) => r.id)
      await pool.query(`UPDATE "Change" SET state = jsonb_set($1::jsonb, '{id}', to_jsonb(id)) WHERE id = ANY($2)`, [
        JSON.stringify(state),
        ids,
      ])
      await pool.query(
        `INSERT INTO "Post" (subject, purpose, "placeId", "createdAt", "updatedAt")
         SELECT 'change:' || id, purpose, 'patch-team', $2, $2 FROM unnest($1::int[]) AS id, unnest(ARRAY['alert', 'test', 'decision']) AS purpose`,
        [ids, now],
      )
      return ids
    }
    const door = async (id: number): Promise<void> => {
      const intent = {
        actor: approver.id,
        place: 'patch-team',
        verb: 'approve',
        subject: `change:${id}`,
        digest,
        inputs: {},
        delivery: randomUUID(),
      }
      const outcome = await handleIntent(house, intent)
      if (!outcome.ok) throw new Error(outcome.refusal.text)
    }
    const event = { kind: 'approval given', by: approver.id, digest } as const
    const after = evolve(state, event, { now: now.toISOString(), policy: house.inForce.policy })
    const bare = async (id: number): Promise<void> => {
      const click: Click = {
        change: id,
        known: 0,
        phase: 'deciding',
        steps: patchOf(state, after) ?? [],
        delivery: randomUUID(),
        answer: { ok: true, cards: [] },
        at: now,
        record: auditText({
          at: now,
          actor: approver.id,
          action: 'approve',
          subject: `change:${id}`,
          detail: { events: [event], policy: house.inForce.hash },
        }),
      }
      await pool.query('SELECT "save_clicks"($1::jsonb)', [JSON.stringify([click])])
    }
    await each((await open()).slice(0, 50), AT_ONCE, door)
    await each((await open()).slice(0, 50), AT_ONCE, bare)
    const rates: { door: number; bare: number }[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const [mine, theirs] = [await open(), await open()]
      // Nobody can click on what was not drawn.
      for (const id of mine) await readKnown(house.db, id)
      const perSecond = async (ids: readonly number[], work: (id: number) => Promise<void>) =>
        (CLICKS * 1_000) / (await timed(() => each(ids, AT_ONCE, work)))
      rates.push({ door: await perSecond(mine, door), bare: await perSecond(theirs, bare) })
    }
    const ratio = median(rates.map((r) => r.door / r.bare))
    return {
      rows: [
        ['approvals a second through the door', `${Math.round(median(rates.map((r) => r.door)))}`],
        ['the same effect as one bare SQL statement', `${Math.round(median(rates.map((r) => r.bare)))}`],
        ['ratio (median of the rounds)', `${ratio.toFixed(2)}, goal ${GOAL}`],
      ],
      figures: {
        ratio: rounded(ratio),
        doorPerSecond: Math.round(median(rates.map((r) => r.door))),
        barePerSecond: Math.round(median(rates.map((r) => r.bare))),
      },
    }
  } finally {
    await pool.end()
    await end()
  }
}

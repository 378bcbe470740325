import { longestSilence, tracked } from '../../core/identify/health.ts'
import { storable } from '../chat/posts.ts'
import { show } from '../chat/show.ts'
import { type House, transact, type Unit } from '../house.ts'
import { takeCatalogue } from './catalogue.ts'
import { keepDropped } from './dropped.ts'
import { pinFirstKeys } from './first-keys.ts'
import { sayFailing, sayRecovered } from './health.ts'
import type { Noise } from './noise.ts'
import { showReleases, showRollup } from './rollup.ts'
import { takeScores, wantedScores } from './scores.ts'
import { readSourceState, type SourceState, sourceSubject, writeSourceState } from './source-state.ts'
import { giveUp, takeAll } from './take-all.ts'

/** So many new bulletins that match get alerts of their own in one poll; after that only the urgent ones do. */
const ALERTS_A_POLL = 5

/**
 * Asks a source for what is new and takes it in, document by document, each in its own transaction. The cursor moves
 * last: a poll that was killed half way is done again, and what it had taken is `seen`. The first poll makes no noise.
 */
async function pollSource(house: House, id: string, signal: AbortSignal): Promise<void> {
  const source = house.sources.get(id)
  const rule = house.inForce.policy.sources.find((s) => s.id === id)
  if (!source || !rule) return
  let before = await readSourceState(house, id)
  try {
    const batch = await source.fetch(before.cursor, signal, rule.kind === 'cve' ? await wantedScores(house) : [], before.firstKeys)
    before = await pinFirstKeys(house, id, before, batch.firstKeys)
    const noise: Noise = before.firstPollDone ? { silent: false, alerts: ALERTS_A_POLL } : { silent: true, alerts: 0 }
    const { poison, brought } = await takeAll(house, id, batch, { before, noise, signal })
    const given = await giveUp(house, id, batch.documents, poison)
    if (batch.exploited) await takeCatalogue(house, id, batch.exploited, before.cursor === null)
    if (batch.scores?.length) await takeScores(house, id, batch.scores)
    const waits = poison.some(({ fileName }) => !given.includes(fileName))
    await transact(house, async (unit) => {
      const news = brought || batch.exploited !== undefined || (batch.scores?.length ?? 0) > 0
      const after: SourceState = {
        // What could not be taken is asked for again: the others are `seen` then.
        cursor: waits ? before.cursor : batch.cursor,
        firstPollDone: true,
        lastGoodAt: unit.now.toISOString(),
        lastNewsAt: news ? unit.now.toISOString() : (before.lastNewsAt ?? unit.now.toISOString()),
        failingSince: batch.concern ? before.failingSince : null,
        silentSince: before.silentSince,
        listed: batch.listed ?? before.listed,
        track: tracked(before.track, unit.now.toISOString(), news, batch.listed ?? null),
        doubted: before.doubted + (await keepDropped(unit, id, batch)),
        firstKeys: before.firstKeys,
        dropped: storable(batch.dropped.map(({ fileName, reason }) => ({ fileName, reason }))),
        poison: waits ? poison : [],
      }
      await writeSourceState(unit, id, after)
      if (!before.firstPollDone) await show(unit, 'patch team', sourceSubject(id), 'history')
      if (before.firstPollDone) await showRollup(unit, id)
      // Also where all of it was known: the poll that took it may have been killed before it said so.
      if (before.firstPollDone && batch.documents.length > 0) await showReleases(unit, id)
      if (batch.concern) await sayFailing(unit, id, after, batch.concern)
      else {
        if (before.failingSince) await sayRecovered(unit, id, before.failingSince)
        await saySilence(unit, id, after, rule.silentDays)
      }
    })
  } catch (error) {
    if (signal.aborted) throw error
    house.log.warn({ source: id, err: error }, 'source failed')
    await transact(house, async (unit) =>
      sayFailing(unit, id, await readSourceState(house, id), error instanceof Error ? error.message : String(error)),
    )
  }
}

/** A source that answers well and has had nothing new for long is said once, and once more when it speaks again. */
async function saySilence(unit: Unit, id: string, state: SourceState, silentDays: number | null): Promise<void> {
  const most = longestSilence(state.track.news, silentDays)
  if (most === null || state.lastNewsAt === null) return
  const quiet = unit.now.getTime() - Date.parse(state.lastNewsAt)
  const silent = quiet > most
  if (silent === (state.silentSince !== null)) return
  const since = state.silentSince ?? state.lastNewsAt
  const habit = silentDays === null ? ', which is far from its habit' : ''
  if (silent)
    await sayFailing(unit, id, state, `It answers, but has told nothing new for ${Math.floor(quiet / 86_400_000)} days${habit}.`, since)
  else await sayRecovered(unit, id, since)
  await writeSourceState(unit, id, { ...state, failingSince: null, silentSince: silent ? since : null })
}

export type Poll = (source: string, signal: AbortSignal) => Promise<void>

/** Polls of one source come one after the other: what is published during the first, silent poll must not vanish in it. */
export function createPoller(house: House): Poll {
  const last = new Map<string, Promise<void>>()
  return (source, signal) => {
    const before = last.get(source) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(() => pollSource(house, source, signal))
    last.set(source, mine)
    return mine
  }
}

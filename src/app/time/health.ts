import type { House } from '../house.ts'
import type { Ticker } from './tick.ts'

/** A tick that is older than this is missing, in milliseconds. */
const LATE_TICK_MS = 15_000

/** Is the database there, and does time make things happen? */
export async function healthOf(house: House, ticker: Ticker): Promise<{ ok: boolean; detail: Record<string, string> }> {
  const database = await house.db.$queryRaw`SELECT 1`.then(
    () => 'ok',
    () => 'unreachable',
  )
  const jobs = performance.now() - ticker.lastGood() < LATE_TICK_MS ? 'ok' : 'not ticking'
  return { ok: database === 'ok' && jobs === 'ok', detail: { database, jobs } }
}

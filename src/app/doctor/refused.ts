import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { RefusedFacts } from '../../core/doctor/facts.ts'
import type { Database } from '../../db/database.ts'
import type { House } from '../house.ts'

/** A flood of forged requests must not become a flood of writes. */
const SAVED_EVERY_MS = 1_000
/** Where one lately proved itself the secret is right, and what is refused comes from strangers. */
const PROVED_FOR_MS = 3_600_000

const keyOf = (platform: string): string => `refused requests:${platform}`

const refused = z.object({ count: z.number(), since: z.iso.datetime(), lastAt: z.iso.datetime() })

/** What a platform's door says of the requests that come to it. */
export interface RefusedRequests {
  /** One whose signature or time was wrong. */
  onRefused(): void
  /** One that proved itself: the secret is right, so what was refused before says nothing of it. */
  onProved(): void
}

/** Remembers, where `doctor` finds it, how many were refused since the last that proved itself. Never throws; a crash loses a second's count. */
export function refusedRequests({ db, clock, log }: Pick<House, 'db' | 'clock' | 'log'>, platform: string): RefusedRequests {
  let unsaved = 0
  let saving = false
  // An earlier start may have left something.
  let remembered = true
  let forget = false
  let provedAt = Number.NEGATIVE_INFINITY
  const save = async (): Promise<void> => {
    if (saving) return
    saving = true
    try {
      while (forget || unsaved > 0) {
        const [count, old] = [unsaved, forget]
        unsaved = 0
        forget = false
        if (old) await db.setting.deleteMany({ where: { key: keyOf(platform) } })
        if (count > 0) await add(db, platform, count, clock.now())
        await pause(SAVED_EVERY_MS, undefined, { ref: false })
      }
    } catch (error) {
      remembered = true
      log.warn({ err: error, platform }, 'refused requests could not be remembered')
    } finally {
      saving = false
    }
  }
  return {
    onRefused() {
      if (clock.now().getTime() - provedAt < PROVED_FOR_MS) return
      remembered = true
      unsaved += 1
      void save()
    },
    onProved() {
      provedAt = clock.now().getTime()
      if (!remembered) return
      remembered = false
      forget = true
      unsaved = 0
      void save()
    },
  }
}

async function add(db: Database, platform: string, count: number, now: Date): Promise<void> {
  const before = await readRefused(db, platform)
  const lastAt = now.toISOString()
  const value = { count: (before?.count ?? 0) + count, since: before?.since ?? lastAt, lastAt }
  const key = keyOf(platform)
  await db.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
}

/** Null: none since the last request that proved itself. */
export async function readRefused(db: Database, platform: string): Promise<RefusedFacts | null> {
  const row = await db.setting.findUnique({ where: { key: keyOf(platform) } })
  return refused.safeParse(row?.value).data ?? null
}

import { z } from 'zod'
import type { Queue } from '../db/boss.ts'

/** Every queue of the house: a job says what to look at again, never what to do. Running one twice is harmless. */

/** Asks a source for what is new. */
export const pollQueue: Queue<{ source: string }> = {
  name: 'poll-source',
  schema: z.strictObject({ source: z.string() }),
  retryLimit: 3,
  retryDelay: 5,
  retryDelayMax: 60,
  longest: 300,
  concurrency: 2,
}

/** Gives the orders of a change that are stored and not yet given, and passes a STOP on. */
export const orderQueue: Queue<{ change: number }> = {
  name: 'give-orders',
  schema: z.strictObject({ change: z.number().int() }),
  retryLimit: 10,
  retryDelay: 1,
  retryDelayMax: 60,
  longest: 120,
  concurrency: 2,
}

/** Fetches a patch file that somebody named and checks it against the bulletins of its change. */
export const patchFileQueue: Queue<{ change: number; url: string; by: string }> = {
  name: 'check-patch-file',
  schema: z.strictObject({ change: z.number().int(), url: z.string().max(2_000), by: z.string() }),
  retryLimit: 3,
  retryDelay: 5,
  retryDelayMax: 60,
  longest: 1_200,
  concurrency: 1,
}

export const QUEUES = [pollQueue, orderQueue, patchFileQueue] as const

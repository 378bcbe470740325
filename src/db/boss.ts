import { fromPrisma, type Job, type JobResult, PgBoss } from 'pg-boss'
import type { z } from 'zod'
import { Fault } from '../core/fault.ts'
import type { Database, Tx } from './database.ts'

// A killed worker's jobs come back after the lease and at most one look-round. pg-boss takes no lease under 10 s.
const LEASE_SECONDS = 15
const LOOK_ROUND_SECONDS = 5
const STOP_WITHIN_MS = 20_000

/** A queue, its payload and its retry rule. A job may run more than once: its effect must be idempotent. */
export interface Queue<T extends object> {
  readonly name: string
  readonly schema: z.ZodType<T>
  /** Attempts after the first. A killed worker costs one, too. */
  readonly retryLimit: number
  /** Wait before the first retry in seconds; it doubles up to `retryDelayMax`. */
  readonly retryDelay: number
  readonly retryDelayMax: number
  /** A job that runs longer than this is given up, in seconds. */
  readonly longest: number
  /** Jobs run at once by one process. */
  readonly concurrency: number
}

/** What a handler gets beside the payload. `signal` aborts when the job is no longer ours; `attempt` counts from 0. */
export interface Attempt {
  readonly id: string
  readonly attempt: number
  readonly signal: AbortSignal
}

export type Handler<T> = (data: T, attempt: Attempt) => Promise<void>

export interface Boss {
  /** Enqueues in the caller's transaction: the job exists if and only if that commits. */
  send<T extends object>(tx: Tx | Database, queue: Queue<T>, data: T): Promise<void>
  /** Starts working; a handler that throws has its job retried. A payload that breaks the schema is not retried. */
  work<T extends object>(queue: Queue<T>, handler: Handler<T>): Promise<void>
  /** Takes no new job, lets running ones finish within 20 s, closes its connections. */
  stop(): Promise<void>
}

export interface BossOptions {
  readonly url: string
  readonly queues: readonly Queue<object>[]
  readonly log: (line: string) => void
  readonly poolSize?: number
}

/** Starts the job queues in schema `pgboss` of the database. Throws Fault DATABASE_UNAVAILABLE. */
export async function startBoss({ url, queues, log, poolSize = 4 }: BossOptions): Promise<Boss> {
  const boss = new PgBoss({
    connectionString: url,
    max: poolSize,
    application_name: 'patchcrier-jobs',
    useListenNotify: true,
    schedule: false,
    registerInstance: false,
    superviseIntervalSeconds: LOOK_ROUND_SECONDS,
    monitorIntervalSeconds: LOOK_ROUND_SECONDS,
  })
  boss.on('error', (error) => log(`jobs: ${error.message}`))
  boss.on('warning', (warning) => log(`jobs: ${warning.message}`))
  try {
    await boss.start()
    for (const queue of queues) await declare(boss, queue)
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the job queues did not start: ${reason}`, { cause: error })
  }
  return {
    send: (tx, queue, data) => send(boss, tx, queue, data),
    work: (queue, handler) => work(boss, queue, handler, log),
    stop: () => boss.stop({ graceful: true, close: true, timeout: STOP_WITHIN_MS }),
  }
}

// Created once; later starts bring its rules up to date.
async function declare(boss: PgBoss, queue: Queue<object>): Promise<void> {
  const rules = {
    retryLimit: queue.retryLimit,
    retryDelay: queue.retryDelay,
    retryBackoff: true,
    retryDelayMax: queue.retryDelayMax,
    expireInSeconds: queue.longest,
    heartbeatSeconds: LEASE_SECONDS,
    deleteAfterSeconds: 86_400,
    notify: true,
  }
  await boss.createQueue(queue.name, rules)
  await boss.updateQueue(queue.name, rules)
}

// No singletonKey: collapsing by key loses the last update while an older job of that key runs.
async function send<T extends object>(boss: PgBoss, tx: Tx | Database, queue: Queue<T>, data: T): Promise<void> {
  await boss.send(queue.name, queue.schema.parse(data), { db: fromPrisma(tx) })
}

// At least two are fetched at once: with a batch of one, a backlog drains one job per poll.
async function work<T extends object>(boss: PgBoss, queue: Queue<T>, handler: Handler<T>, log: (line: string) => void): Promise<void> {
  const options = {
    batchSize: Math.max(2, queue.concurrency),
    burstWhenBatchFull: true,
    perJobResults: true,
    // A retry becoming due notifies nobody, so the poll stays short beside NOTIFY.
    pollingIntervalSeconds: 2,
    notifyPollingIntervalSeconds: 2,
  } as const
  await boss.work<object, unknown, typeof options>(queue.name, options, (jobs) =>
    Promise.all(jobs.map((job) => settle(job, queue, handler, log))),
  )
}

async function settle<T extends object>(job: Job, queue: Queue<T>, handler: Handler<T>, log: (line: string) => void): Promise<JobResult> {
  const payload = queue.schema.safeParse(job.data)
  if (!payload.success) {
    log(`jobs: ${queue.name} ${job.id} has a payload that breaks its schema and is given up`)
    return { id: job.id, status: 'deadletter', output: { message: payload.error.message } }
  }
  try {
    await handler(payload.data, { id: job.id, attempt: job.retryCount, signal: job.signal })
    return { id: job.id, status: 'completed' }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    log(`jobs: ${queue.name} ${job.id} failed (attempt ${job.retryCount}): ${message}`)
    return { id: job.id, status: 'failed', output: { message } }
  }
}

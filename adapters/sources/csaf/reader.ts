import { Worker } from 'node:worker_threads'
import { Fault } from '../../../src/core/fault.ts'
import { type Reading, unreadable } from './reading.ts'

/** Reads documents in a worker thread of its own, one after the other. */
export interface Reader {
  /** Never rejects for what is in the document: a document that kills or outlasts the thread is unreadable. */
  read(source: string, bytes: Uint8Array): Promise<Reading>
  /** Ends the thread; what is being read is given up. */
  close(): Promise<void>
}

const TIME_LIMIT_MS = 60_000
const MEMORY_LIMIT_MB = 1_536

interface Job {
  readonly source: string
  readonly bytes: Uint8Array
  readonly resolve: (reading: Reading) => void
}

/** Starts its thread at the first document (it needs a second or two) and again after a document has killed it. */
export const createReader = (timeLimitMs: number = TIME_LIMIT_MS): Reader => {
  const waiting: Job[] = []
  let worker: Worker | null = null
  let current: { readonly id: number; readonly job: Job; readonly timer: NodeJS.Timeout } | null = null
  let lastId = 0
  let closed = false

  const settle = (reading: Reading): void => {
    if (current === null) return
    clearTimeout(current.timer)
    const { job } = current
    current = null
    job.resolve(reading)
    next()
  }

  const start = (): Worker => {
    const fresh = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB } })
    fresh.on('message', (answer: { readonly id: number; readonly reading: Reading }) => {
      if (answer.id === current?.id) settle(answer.reading)
    })
    const lost = (why: string): void => {
      if (worker !== fresh) return
      worker = null
      settle(unreadable(`The document cannot be read: ${why}.`))
    }
    fresh.on('error', (error) => lost(error instanceof Error ? error.message : String(error)))
    fresh.on('exit', () => lost('the reading thread ended'))
    return fresh
  }

  const overdue = (): void => {
    const stuck = worker
    worker = null
    stuck?.terminate()
    settle(unreadable(`The document could not be read within ${timeLimitMs / 1000} s.`))
  }

  const next = (): void => {
    const job = current === null ? waiting.shift() : undefined
    if (job === undefined) {
      if (current === null) worker?.unref() // an idle thread does not keep the process alive
      return
    }
    worker ??= start()
    worker.ref()
    current = { id: ++lastId, job, timer: setTimeout(overdue, timeLimitMs) }
    worker.postMessage({ id: current.id, source: job.source, bytes: job.bytes })
  }

  return {
    read: (source, bytes) => {
      if (closed) return Promise.reject(new Fault('SOURCE_FAILED', 'The CSAF reader is closed.'))
      return new Promise((resolve) => {
        waiting.push({ source, bytes, resolve })
        next()
      })
    },
    close: async () => {
      closed = true
      const last = worker
      worker = null
      for (const job of waiting.splice(0)) job.resolve(unreadable('The reader was closed before the document was read.'))
      settle(unreadable('The reader was closed before the document was read.'))
      await last?.terminate()
    },
  }
}

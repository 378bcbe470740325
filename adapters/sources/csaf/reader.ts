import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../../src/core/fault.ts'
import { type Reading, unreadable } from './reading.ts'

/** Reads documents in a process of its own, one after the other. */
export interface Reader {
  /**
   * A document that kills or outlasts its process is unreadable, not an error. Rejects with `Fault` SOURCE_FAILED only when the
   * reader is closed before the document is read.
   */
  read(source: string, bytes: Uint8Array): Promise<Reading>
  /** Ends the process; what is not read yet is rejected. */
  close(): Promise<void>
}

/** What one document may use. */
export interface ReaderLimits {
  readonly timeLimitMs?: number
  readonly memoryLimitMb?: number
}

interface Job {
  readonly source: string
  readonly bytes: Uint8Array
  readonly resolve: (reading: Reading) => void
  readonly reject: (fault: Fault) => void
  /** How often its process died under it. */
  deaths: number
}

interface Current {
  readonly id: number
  readonly job: Job
  readonly timer: NodeJS.Timeout
}

// A process that dies once may have been killed by anybody; twice is the document.
const MOST_DEATHS = 2

const closedFault = (): Fault => new Fault('SOURCE_FAILED', 'The CSAF reader was closed before the document was read.')

/** Not a thread: one that runs out of memory takes the whole bot with it. Without our environment, in which secrets may be. */
const startChild = (memoryLimitMb: number): ChildProcess =>
  fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${memoryLimitMb}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {},
  })

/** An idle process does not keep the bot alive. */
const hold = (child: ChildProcess, busy: boolean): void => {
  if (busy) {
    child.ref()
    child.channel?.ref()
  } else {
    child.unref()
    child.channel?.unref()
  }
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.ref()
    child.kill('SIGKILL')
  })

/** Starts its process at the first document (it needs a second or two) and again after a document has killed it. */
export const createReader = ({ timeLimitMs = 60_000, memoryLimitMb = 1_536 }: ReaderLimits = {}): Reader => {
  const waiting: Job[] = []
  let child: ChildProcess | null = null
  let current: Current | null = null
  let lastId = 0
  let closed = false

  /** Takes the job that is being read out of the works. */
  const take = (): Job | null => {
    if (current === null) return null
    clearTimeout(current.timer)
    const { job } = current
    current = null
    return job
  }

  const settle = (reading: Reading): void => {
    take()?.resolve(reading)
    next()
  }

  const died = (gone: ChildProcess): void => {
    if (child !== gone) return
    child = null
    const job = take()
    if (job !== null && ++job.deaths < MOST_DEATHS) waiting.unshift(job)
    else job?.resolve(unreadable('The document cannot be read: it takes more memory than a document may.'))
    next()
  }

  const overdue = (): void => {
    const stuck = child
    child = null
    stuck?.kill('SIGKILL')
    settle(unreadable(`The document could not be read within ${timeLimitMs / 1000} s.`))
  }

  const start = (): ChildProcess => {
    const fresh = startChild(memoryLimitMb)
    fresh.on('message', (answer: { readonly id: number; readonly reading: Reading }) => {
      if (answer.id === current?.id) settle(answer.reading)
    })
    fresh.on('error', () => died(fresh))
    fresh.on('exit', () => died(fresh))
    return fresh
  }

  const next = (): void => {
    if (current !== null) return
    const job = waiting.shift()
    if (job === undefined) {
      if (child !== null) hold(child, false)
      return
    }
    child ??= start()
    hold(child, true)
    current = { id: ++lastId, job, timer: setTimeout(overdue, timeLimitMs) }
    // A process that dies while it is written to is heard of by its exit.
    child.send({ id: current.id, source: job.source, bytes: job.bytes }, () => undefined)
  }

  return {
    read: (source, bytes) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(closedFault())
        waiting.push({ source, bytes, resolve, reject, deaths: 0 })
        next()
      }),
    close: async () => {
      closed = true
      const last = child
      child = null
      for (const job of [take(), ...waiting.splice(0)]) job?.reject(closedFault())
      if (last !== null) await ended(last)
    },
  }
}

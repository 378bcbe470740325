import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Fault } from '../src/core/fault.ts'

/** Reads foreign documents in a process of its own, one after the other. Jobs and results are plain data. */
export interface Reader<Job, Result> {
  /**
   * A job that kills or outlasts its process gets the `lost` result, not an error. Rejects with `Fault` SOURCE_FAILED only when the
   * reader is closed before the job is done.
   */
  read(job: Job): Promise<Result>
  /** Ends the process; what is not read yet is rejected. */
  close(): Promise<void>
}

/** What one document may use. */
export interface ReaderLimits {
  readonly timeLimitMs?: number
  readonly memoryLimitMb?: number
  /** After so long without a job the process ends; the next job starts a new one. Absent: it stays. */
  readonly idleMs?: number
}

export interface ReaderOptions<Result> extends ReaderLimits {
  /** The module that the process runs; it calls `serve`. */
  readonly entry: URL
  /** The result of a document that could not be read, from a sentence that says why. */
  readonly lost: (why: string) => Result
}

interface Waiting<Job, Result> {
  readonly job: Job
  readonly resolve: (result: Result) => void
  readonly reject: (fault: Fault) => void
  /** How often its process died under it. */
  deaths: number
}

interface Current<Job, Result> {
  readonly id: number
  readonly waiting: Waiting<Job, Result>
  readonly timer: NodeJS.Timeout
}

// A process that dies once may have been killed by anybody; twice is the document.
const MOST_DEATHS = 2

const closedFault = (): Fault => new Fault('SOURCE_FAILED', 'The reader was closed before the document was read.')

/** Not a thread: one that runs out of memory takes the whole bot with it. Without our environment, in which secrets may be. */
const startChild = (entry: URL, memoryLimitMb: number): ChildProcess =>
  fork(fileURLToPath(entry), [], {
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

/** Larger documents travel in pieces: one message of megabytes would hold up everything else while it is written. */
const PIECE = 256_000

const withBytes = (job: unknown): job is { readonly bytes: Uint8Array } =>
  typeof job === 'object' && job !== null && 'bytes' in job && job.bytes instanceof Uint8Array

/** Hands a job over; a process that dies while it is written to is heard of by its exit. */
const sendJob = async (child: ChildProcess, id: number, job: unknown, isStillWanted: () => boolean): Promise<void> => {
  const told = (message: object): Promise<void> =>
    new Promise((resolve) => {
      if (child.connected) child.send(message, () => resolve())
      else resolve()
    })
  if (!withBytes(job) || job.bytes.length <= PIECE) return told({ id, job })
  const { bytes } = job
  for (let at = 0; at < bytes.length; at += PIECE) {
    if (!isStillWanted()) return
    await told({ id, piece: bytes.subarray(at, at + PIECE) })
  }
  return told({ id, job: { ...job, bytes: new Uint8Array() }, inPieces: true })
}

/** Starts its process at the first document (it needs a second or two) and again after a document has killed it. */
export const createReader = <Job, Result>(options: ReaderOptions<Result>): Reader<Job, Result> => {
  const { entry, lost, timeLimitMs = 60_000, memoryLimitMb = 1_536, idleMs } = options
  const queue: Waiting<Job, Result>[] = []
  let child: ChildProcess | null = null
  let current: Current<Job, Result> | null = null
  let idle: NodeJS.Timeout | undefined
  let lastId = 0
  let closed = false

  /** Takes the job that is being read out of the works. */
  const take = (): Waiting<Job, Result> | null => {
    if (current === null) return null
    clearTimeout(current.timer)
    const { waiting } = current
    current = null
    return waiting
  }

  const settle = (result: Result): void => {
    take()?.resolve(result)
    next()
  }

  const died = (gone: ChildProcess): void => {
    if (child !== gone) return
    child = null
    const waiting = take()
    if (waiting !== null && ++waiting.deaths < MOST_DEATHS) queue.unshift(waiting)
    else waiting?.resolve(lost('The document cannot be read: it takes more memory than a document may.'))
    next()
  }

  const overdue = (): void => {
    const stuck = child
    child = null
    stuck?.kill('SIGKILL')
    settle(lost(`The document could not be read within ${timeLimitMs / 1000} s.`))
  }

  const start = (): ChildProcess => {
    const fresh = startChild(entry, memoryLimitMb)
    fresh.on('message', (answer: { readonly id: number; readonly result: Result }) => {
      if (answer.id === current?.id) settle(answer.result)
    })
    fresh.on('error', () => died(fresh))
    fresh.on('exit', () => died(fresh))
    return fresh
  }

  const rest = (): void => {
    if (child === null) return
    hold(child, false)
    if (idleMs === undefined) return
    idle = setTimeout(() => {
      child?.kill('SIGKILL')
      child = null
    }, idleMs).unref()
  }

  const next = (): void => {
    if (current !== null) return
    clearTimeout(idle)
    const waiting = queue.shift()
    if (waiting === undefined) {
      rest()
      return
    }
    child ??= start()
    hold(child, true)
    current = { id: ++lastId, waiting, timer: setTimeout(overdue, timeLimitMs) }
    const { id } = current
    const to = child
    void sendJob(to, id, waiting.job, () => child === to && current?.id === id)
  }

  return {
    read: (job) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(closedFault())
        queue.push({ job, resolve, reject, deaths: 0 })
        next()
      }),
    close: async () => {
      closed = true
      clearTimeout(idle)
      const last = child
      child = null
      for (const waiting of [take(), ...queue.splice(0)]) waiting?.reject(closedFault())
      if (last !== null) await ended(last)
    },
  }
}

interface Told<Job> {
  readonly id: number
  readonly piece?: Uint8Array
  readonly job?: Job
  /** The bytes of the job came before it. */
  readonly inPieces?: boolean
}

/** What a reader's process does: answers jobs until the bot is gone. `work` never throws. */
export const serve = <Job, Result>(work: (job: Job) => Promise<Result> | Result): void => {
  let pieces: { readonly id: number; readonly all: Uint8Array[] } = { id: 0, all: [] }
  process.on('message', async ({ id, piece, job, inPieces }: Told<Job>) => {
    // Pieces of a job that was given up are of no use to the next.
    if (pieces.id !== id) pieces = { id, all: [] }
    if (piece !== undefined) return void pieces.all.push(piece)
    const whole = inPieces ? ({ ...job, bytes: new Uint8Array(Buffer.concat(pieces.all)) } as Job) : (job as Job)
    pieces = { id, all: [] }
    process.send?.({ id, result: await work(whole) })
  })
  // The bot says when it ends; Ctrl-C reaches the whole process group and must not look like a document that kills its reader.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  process.on('disconnect', () => process.exit())
}

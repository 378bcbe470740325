/** How long a process lives, and where it says something to who started it. */
export interface Life {
  /** Aborted when the process is to end. */
  readonly over: AbortSignal
  /** A line for who started it. */
  say(line: string): void
}

export const FOREVER: Life = { over: new AbortController().signal, say: () => undefined }

const WITHIN_MS = 20_000
/** The terminal signals everybody in the foreground, and npm hands on what it got: within this time it is the same signal. */
const ECHO_MS = 500

interface Ending {
  /** Finishes what is under way and takes nothing new. */
  readonly stop: () => Promise<unknown>
  /** Said when the end takes too long; what was under way is taken up again by the next start. */
  readonly late: () => void
  readonly byNpm: boolean
}

/** The first SIGTERM or SIGINT stops in good order, within 20 s, and exits 0, or `process.exitCode`; a second one exits at once. */
export function endOnSignals({ stop, late, byNpm }: Ending): void {
  const parent = process.ppid
  let since: number | null = null
  const end = (atOnce: number): void => {
    if (since === null) {
      since = performance.now()
      setTimeout(() => {
        late()
        process.exit()
      }, WITHIN_MS).unref()
      void stop().then(() => process.exit())
    } else if (!byNpm || performance.now() - since > ECHO_MS) process.exit(atOnce)
  }
  process.on('SIGINT', () => end(130))
  process.on('SIGTERM', () => end(143))
  if (byNpm) onOrphaned(parent, () => end(143))
}

/** A signal to npm ends the shell between npm and us, and nobody tells us: who started the bot believes it has stopped. */
function onOrphaned(parent: number, stop: () => void): void {
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    stop()
  }, 250).unref()
}

import { type ChildProcess, spawn } from 'node:child_process'

/** How a tool ended. Null: it is not on this machine, did not end in time, said too much, or was ended. */
export type ToolEnd = { readonly code: number; readonly output: string } | null

/** Runs a tool with arguments that no shell sees, and ends it when the signal aborts. */
export type RunTool = (command: string, args: readonly string[], signal?: AbortSignal) => Promise<ToolEnd>

/** What a tool may take. */
export interface ToolLimits {
  /** Where tools are looked for; nothing of the environment decides that. */
  readonly path: string
  readonly ms: number
  /** Of what it says, in bytes. */
  readonly output: number
}

const LIMITS: ToolLimits = { path: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', ms: 60_000, output: 1_000_000 }

/**
 * A runner of tools: in the C locale, so that what they say can be read, with nothing else of the environment but where tools are, and in a
 * process group of their own, so that what a tool has started ends with it. Never rejects.
 */
export const toolRunner =
  (own: Partial<ToolLimits> = {}): RunTool =>
  async (command, args, signal) => {
    if (signal?.aborted) return null
    const { path, ms, output } = { ...LIMITS, ...own }
    return new Promise((done) => {
      const pieces: Buffer[] = []
      let bytes = 0
      const child = spawn(command, [...args], {
        cwd: '/',
        detached: true,
        env: { LC_ALL: 'C', PATH: path },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const kill = (): void => killGroup(child)
      const giveUp = (): void => end(null)
      process.once('exit', kill)
      // Whatever comes first; a pipe that somebody holds open is waited for no longer than the tool itself.
      const end = (result: ToolEnd): void => {
        clearTimeout(timer)
        process.off('exit', kill)
        signal?.removeEventListener('abort', giveUp)
        kill()
        child.stdout.destroy()
        child.stderr.destroy()
        done(result)
      }
      const timer = setTimeout(giveUp, ms)
      signal?.addEventListener('abort', giveUp)
      const take = (piece: Buffer): void => {
        bytes += piece.length
        if (bytes > output) end(null)
        else pieces.push(piece)
      }
      child.stdout.on('data', take)
      child.stderr.on('data', take)
      child.on('error', giveUp)
      child.on('close', (code) => end(code === null ? null : { code, output: Buffer.concat(pieces).toString('utf8') }))
    })
  }

/** The whole group, and without asking: a tool may not listen. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

export const runTool: RunTool = toolRunner()

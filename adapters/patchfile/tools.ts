import { execFile } from 'node:child_process'

/** How a tool ended. Null: it is not on this machine, or did not end in time. */
export type ToolEnd = { readonly code: number; readonly output: string } | null

/** Runs a tool with arguments that no shell sees. */
export type RunTool = (command: string, args: readonly string[]) => Promise<ToolEnd>

const MOST_MS = 60_000
const MOST_OUTPUT = 1_000_000

/** In the C locale, so that what it says can be read; with nothing else of the environment but where tools are. */
export const runTool: RunTool = (command, args) =>
  new Promise((done) => {
    const options = { timeout: MOST_MS, maxBuffer: MOST_OUTPUT, env: { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' } }
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      done(code === null ? null : { code, output: `${stdout}\n${stderr}` })
    })
  })

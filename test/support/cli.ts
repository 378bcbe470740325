import { vi } from 'vitest'
import { run } from '../../src/cli/run.ts'

/** What the command line said, and how it ended. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command line in this process. */
export async function cli(...args: string[]): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []]
  const onOut = vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(`${text}`) > 0)
  const onErr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(`${text}`) > 0)
  try {
    return { code: await run(args), out: out.join(''), err: err.join('') }
  } finally {
    onOut.mockRestore()
    onErr.mockRestore()
  }
}

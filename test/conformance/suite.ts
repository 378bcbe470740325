import { isUtf8 } from 'node:buffer'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const wordsOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))

/** What a suite found out. `failed` names each case that failed, with the reason. */
export interface Result {
  readonly passed: number
  readonly failed: readonly string[]
  /** What was left out and why, one sentence each. */
  readonly notes?: readonly string[]
}

/** A suite with the part of its cases that must pass. */
export interface Suite {
  readonly goal: number
  run(): Promise<Result>
}

/** Real public data, beside the project; it is not part of it. */
export const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data')
// A worktree of the project stands one folder deeper.
const DEEPER = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data')

export const dataFolder = (): string | null => [DATA, DEEPER].find((folder) => existsSync(folder)) ?? null

const path = (...parts: readonly string[]): string => join(dataFolder() ?? DATA, ...parts)
export const bytesOf = (...parts: readonly string[]): Buffer => readFileSync(path(...parts))
export const textOf = (...parts: readonly string[]): string => bytesOf(...parts).toString('utf8')
/** One of the suites has an expectation in Latin-1. */
export const jsonOf = (...parts: readonly string[]): unknown => {
  const bytes = bytesOf(...parts)
  return JSON.parse(bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1'))
}
/** All files below a folder, by their paths in it. */
export const filesIn = (...parts: readonly string[]): readonly string[] =>
  readdirSync(path(...parts), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path(...parts).length + 1))
    .sort()

/** One case of a suite: its name and true, or a sentence that says why not. */
export type Case = readonly [name: string, outcome: true | string]

/** Looks at one case; what it throws is why it failed. Never throws. */
export async function tried(name: string, look: () => true | string | Promise<true | string>): Promise<Case> {
  try {
    return [name, await look()]
  } catch (error) {
    return [name, `it threw ${wordsOf(error)}`]
  }
}

export const counted = (cases: Iterable<Case>): Result => {
  const all = [...cases]
  return {
    passed: all.filter(([, outcome]) => outcome === true).length,
    failed: all.flatMap(([name, outcome]) => (outcome === true ? [] : [`${name}: ${outcome}`])),
  }
}

import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { PolicyFileDoor } from '../app/house.ts'
import { sha256Hex } from '../core/canonical.ts'
import { Fault } from '../core/fault.ts'
import type { Policy, SourceRule } from '../core/policy.ts'
import { allow, refuse } from '../core/result.ts'
import { type FileProblem, problemLine, readPolicyText } from './policy-text.ts'

/** The policy file as it was read: a proposal until managers have bought it off. */
export interface PolicyFile {
  readonly policy: Policy
  readonly hash: string
  /** Absolute; relative paths in the policy are relative to it. */
  readonly folder: string
}

export type Examined = { readonly ok: true; readonly file: PolicyFile } | { readonly ok: false; readonly problems: readonly FileProblem[] }

export interface Reading {
  /** The sample brings the files of its sources along; and who only goes by the rules needs no sources. */
  readonly sample?: boolean
}

const broken = (message: string): Examined => ({ ok: false, problems: [{ line: null, path: '', message }] })

/** Reads a policy file, YAML or JSON, and the files that it names; all problems at once. */
export async function examinePolicyFile(file: string, options: Reading = {}): Promise<Examined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error)
  return typeof text === 'string'
    ? examine(file, text, options)
    : broken(`expected a readable policy file, got ${text.code ?? text.message}`)
}

async function examine(file: string, text: string, { sample = false }: Reading = {}): Promise<Examined> {
  const folder = dirname(resolve(file))
  const read = readPolicyText(text, { sample })
  if (!read.ok) return read
  if (sample) return { ok: true, file: { policy: read.policy, hash: read.hash, folder } }
  const missing: FileProblem[] = []
  for (const [i, source] of read.policy.sources.entries())
    for (const [field, name] of filesOf(source)) {
      const error = await readFile(resolve(folder, name)).then(
        () => null,
        (e: NodeJS.ErrnoException) => e.code ?? e.message,
      )
      const message = `expected a readable file, got ${error} for "${name}"`
      if (error !== null) missing.push({ line: read.lineOf(['sources', i, field]), path: `sources[${i}].${field}`, message })
    }
  return missing.length > 0 ? { ok: false, problems: missing } : { ok: true, file: { policy: read.policy, hash: read.hash, folder } }
}

/** The files that a source names, by field. */
function filesOf(source: SourceRule): readonly (readonly [string, string])[] {
  const { packageKeyFile, codeRootsFile } = source
  const keyFile = source.kind === 'csaf-folder' ? source.keyFile : undefined
  return Object.entries({ keyFile, packageKeyFile, codeRootsFile }).flatMap(([field, name]) =>
    name === undefined ? [] : [[field, name] as const],
  )
}

const words = (file: string, problems: readonly FileProblem[]): string => problems.map((problem) => problemLine(file, problem)).join('\n')

/** Throws Fault POLICY_INVALID with all problems at once, each with its line, its path, what was expected and what came. */
export async function readPolicyFile(file: string, options: Reading = {}): Promise<PolicyFile> {
  const examined = await examinePolicyFile(file, options)
  if (examined.ok) return examined.file
  throw new Fault('POLICY_INVALID', words(file, examined.problems))
}

/** The file as the bot looks at it while it runs: read again only where its time or size has changed. */
export function policyFileDoor(file: string): PolicyFileDoor {
  let last: { readonly stamp: string; readonly answer: ReturnType<PolicyFileDoor['read']> } | null = null
  const read = async (): ReturnType<PolicyFileDoor['read']> => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error)
    if (typeof text !== 'string') {
      const why = `expected a readable policy file, got ${text.code ?? text.message}`
      return { seen: sha256Hex(why), ruled: refuse('POLICY_INVALID', `${file}: ${why}`) }
    }
    const examined = await examine(file, text)
    const ruled = examined.ok ? allow(examined.file) : refuse('POLICY_INVALID', words(file, examined.problems))
    // A key file that came later makes the same text a good one.
    return { seen: sha256Hex(examined.ok ? text : `${text}\n${words(file, examined.problems)}`), ruled }
  }
  return {
    name: file,
    read: async () => {
      const stamp = await stat(file).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
        () => '',
      )
      if (last === null || stamp === '' || last.stamp !== stamp || !(await last.answer).ruled.ok) last = { stamp, answer: read() }
      return last.answer
    },
  }
}

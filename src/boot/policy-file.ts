import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { canonicalJson, sha256Hex } from '../core/canonical.ts'
import { Fault } from '../core/fault.ts'
import { type Policy, policySchema } from '../core/policy.ts'

/** The policy file as it was read: a proposal until managers have bought it off. */
export interface PolicyFile {
  readonly policy: Policy
  readonly hash: string
  /** Absolute; relative paths in the policy are relative to it. */
  readonly folder: string
  /** Text of each file that the policy names (`keyFile`), by the name as it stands there. */
  readonly texts: ReadonlyMap<string, string>
}

/** Largest policy file, in bytes. */
const MOST_BYTES = 1_000_000

/** Reads a policy, YAML or JSON. Throws Fault POLICY_INVALID with all problems at once, each with its path, what was expected and what came. */
export async function readPolicyFile(file: string): Promise<PolicyFile> {
  const folder = dirname(resolve(file))
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Fault('POLICY_INVALID', `${file}: expected a readable policy file; ${error.message}`)
  })
  if (Buffer.byteLength(text) > MOST_BYTES) throw new Fault('POLICY_INVALID', `${file}: expected at most ${MOST_BYTES} bytes`)
  const document = parseDocument(text, { strict: true, uniqueKeys: true })
  if (document.errors.length > 0)
    throw new Fault('POLICY_INVALID', document.errors.map((e) => `${file}: ${e.message.split('\n')[0]}`).join('\n'))
  const value: unknown = document.toJS({ maxAliasCount: 50 })
  const read = policySchema.safeParse(value)
  if (!read.success)
    throw new Fault(
      'POLICY_INVALID',
      read.error.issues.map((i) => `${file}: ${pathWords(i.path)}: ${i.message}; got ${shown(at(value, i.path))}`).join('\n'),
    )
  const names = read.data.sources.flatMap((s) => (s.kind === 'csaf-folder' && s.keyFile !== undefined ? [s.keyFile] : []))
  const texts = await Promise.all(names.map(async (name) => [name, await readNamed(file, folder, name)] as const))
  return { policy: read.data, hash: sha256Hex(canonicalJson(read.data)), folder, texts: new Map(texts) }
}

const readNamed = (file: string, folder: string, name: string): Promise<string> =>
  readFile(resolve(folder, name), 'utf8').catch((error: Error) => {
    throw new Fault('POLICY_INVALID', `${file}: keyFile "${name}": expected a readable file; ${error.message}`)
  })

/** `people[3].zone`, as one would write it. */
const pathWords = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`)).join('') || 'the policy'

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, part) => (inner !== null && typeof inner === 'object' ? Reflect.get(inner, part) : undefined), value)

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80))

import { canonicalJson } from '../canonical.ts'

/** One thing that two versions of the policy say differently. `null`: it is not there. */
export interface PolicyDifference {
  /** As one would write it: `people.ana.zone`; members of a list go by their id (or name). */
  readonly path: string
  readonly from: string | null
  readonly to: string | null
}

/** Longest text that a difference shows of one side. */
const MOST = 120

/** Everything that differs, in the order of the later version; what only the earlier one has comes last in its place. */
export function policyDifferences(before: unknown, after: unknown, path = ''): readonly PolicyDifference[] {
  if (same(before, after)) return []
  const [was, is] = [members(before), members(after)]
  if (was === null || is === null) return [{ path, from: shown(before), to: shown(after) }]
  const keys = [...is.keys(), ...[...was.keys()].filter((key) => !is.has(key))]
  return keys.flatMap((key) => policyDifferences(was.get(key), is.get(key), path === '' ? key : `${path}.${key}`))
}

const same = (a: unknown, b: unknown): boolean =>
  canonicalJson([a ?? null]) === canonicalJson([b ?? null]) && (a === undefined) === (b === undefined)

/** Parts that are compared one by one; null for what is compared as a whole: a number, a text, a list of such. */
function members(value: unknown): ReadonlyMap<string, unknown> | null {
  if (value === null || typeof value !== 'object') return null
  if (!Array.isArray(value)) return new Map(Object.entries(value).filter(([, member]) => member !== undefined))
  const named = value.map((member) => [nameOf(member), member] as const)
  const names = named.map(([name]) => name)
  if (names.some((name) => name === null) || new Set(names).size !== names.length) return null
  return new Map(named.map(([name, member]) => [`${name}`, member]))
}

/** What tells a member of a list from the others. */
function nameOf(member: unknown): string | null {
  if (member === null || typeof member !== 'object') return null
  const { id, name, role } = member as { id?: unknown; name?: unknown; role?: unknown }
  const found = [id, name, role].find((one) => typeof one === 'string')
  return typeof found === 'string' ? found : null
}

function shown(value: unknown): string | null {
  if (value === undefined) return null
  const text = words(value)
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text
}

/** A part in a line; a member that came or went with all of its own. */
function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(value.some((one) => typeof one === 'object') ? '; ' : ', ') || 'nothing'
  if (typeof value !== 'object') return String(value)
  if (value === null) return 'none'
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return members
    .map(([key, member]) => `${key} ${typeof member === 'object' && member !== null ? `[${words(member)}]` : words(member)}`)
    .join(', ')
}

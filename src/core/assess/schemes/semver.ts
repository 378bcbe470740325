import { compare, parse } from 'semver'
import type { Evr } from '../../identify/bulletin.ts'
import { compareGeneric } from './generic.ts'
import type { Order } from './order.ts'

/** `1` and `1.2` stand for `1.0.0` and `1.2.0`, as OSV and Go write the beginning of a range. */
const SHORT = /^(\d+)(?:\.(\d+))?$/

const completed = (text: string): string => text.replace(SHORT, (_all, major: string, minor = '0') => `${major}.${minor}.0`)

/**
 * Reads a semantic version, also with Go's leading `v`, its `+incompatible` and its pseudo-versions
 * (`v0.0.0-20191109021931-daa7c04131f5`, which are pre-releases). The `v` goes. Null when the text is something else.
 */
export function parseSemver(text: string): Evr | null {
  const version = text.replace(/^[v=]/, '')
  return /^\d/.test(version) && parse(completed(version)) ? { epoch: 0, version, release: '' } : null
}

export const formatSemver = ({ version }: Evr): string => version

/** Precedence of Semantic Versioning 2.0.0, section 11: build metadata do not count. What cannot be read is lower than what can. */
export function compareSemver(a: Evr, b: Evr): Order {
  const [one, two] = [parse(completed(a.version)), parse(completed(b.version))]
  if (one && two) return compare(one, two)
  if (one || two) return one ? 1 : -1
  return compareGeneric(a, b)
}

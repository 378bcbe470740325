import type { Evr } from '../../identify/bulletin.ts'
import { own } from '../../own.ts'
import { compareGeneric } from './generic.ts'
import { compareDigits, compareLists, type Order, order } from './order.ts'

/** PEP 440, appendix B, without its epoch, on lower-case text. */
const VERSION =
  /^(\d+(?:\.\d+)*)(?:[._-]?(alpha|beta|preview|pre|a|b|c|rc)[._-]?(\d*))?(?:-(\d+)|[._-]?(post|rev|r)[._-]?(\d*))?(?:[._-]?(dev)[._-]?(\d*))?(?:\+([a-z0-9]+(?:[._-][a-z0-9]+)*))?$/
const EPOCH = /^v?(?:(\d{1,9})!)?(.+)$/s

const LETTERS: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', preview: 'rc', pre: 'rc', c: 'rc' }

/** Before everything, a part, after everything: so that what is missing has its place. */
type Part = 'first' | 'last' | readonly [letter: string, digits: string]

interface Key {
  readonly release: readonly string[]
  readonly pre: Part
  readonly post: Part
  readonly dev: Part
  readonly local: readonly string[]
}

/** Reads a version of PEP 440, e.g. `1!2.0rc1.post3.dev4+local.5`. Null when the text is something else. */
export function parsePep440(text: string): Evr | null {
  const [, epoch, version] = EPOCH.exec(text.trim().toLowerCase()) ?? []
  return version === undefined || !VERSION.test(version) ? null : { epoch: Number(epoch ?? 0), version, release: '' }
}

export const formatPep440 = ({ epoch, version }: Evr): string => (epoch > 0 ? `${epoch}!${version}` : version)

function keyOf(version: string): Key | null {
  const [, release, letter, number, bare, post, postNumber, dev, devNumber, local] = VERSION.exec(version) ?? []
  if (release === undefined) return null
  const after: Part = bare !== undefined ? ['', bare] : post !== undefined ? ['', postNumber ?? ''] : 'first'
  // A mere development release is before every pre-release of the same number.
  const before: Part =
    letter !== undefined ? [own(LETTERS, letter) ?? letter, number ?? ''] : dev !== undefined && after === 'first' ? 'first' : 'last'
  return {
    release: release.replace(/(?:\.0+)+$/, '').split('.'),
    pre: before,
    post: after,
    dev: dev !== undefined ? ['', devNumber ?? ''] : 'last',
    local: local?.split(/[._-]/) ?? [],
  }
}

const rank = (part: Part): number => (part === 'first' ? 0 : part === 'last' ? 2 : 1)

const compareParts = (a: Part, b: Part): Order =>
  typeof a === 'string' || typeof b === 'string' ? order(rank(a), rank(b)) : order(a[0], b[0]) || compareDigits(a[1], b[1])

/** Of a local version numbers are after words, and more is after less. */
function compareLocal(a: string | undefined, b: string | undefined): Order {
  const kind = (text: string | undefined): number => (text === undefined ? 0 : /^\d+$/.test(text) ? 2 : 1)
  const byKind = order(kind(a), kind(b))
  if (byKind !== 0 || a === undefined || b === undefined) return byKind
  return kind(a) === 2 ? compareDigits(a, b) : order(a, b)
}

const compareKeys = (a: Key, b: Key): Order =>
  compareLists(a.release, b.release, (m = '0', n = '0') => compareDigits(m, n)) ||
  compareParts(a.pre, b.pre) ||
  compareParts(a.post, b.post) ||
  compareParts(a.dev, b.dev) ||
  compareLists(a.local, b.local, compareLocal)

/** The order of PEP 440 (pypa/packaging, `_cmpkey`). What cannot be read is lower than what can. */
export function comparePep440(a: Evr, b: Evr): Order {
  const [one, two] = [keyOf(a.version), keyOf(b.version)]
  if (one && two) return order(a.epoch, b.epoch) || compareKeys(one, two)
  if (one || two) return one ? 1 : -1
  return compareGeneric(a, b)
}

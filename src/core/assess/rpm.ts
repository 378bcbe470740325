import type { Evr } from '../identify/bulletin.ts'
import type { Install } from './asset.ts'
import { compareDigits, compareLists, type Order, order } from './schemes/order.ts'

/** What rpm compares: runs of digits, runs of ASCII letters, tilde and caret. Everything else only separates. */
const SEGMENT = /\d+|[a-zA-Z]+|[~^]/g

const VERSION = '[A-Za-z0-9._+~^]+'
const EVR = new RegExp(`^(?:(\\d{1,9}):)?(${VERSION})-(${VERSION})$`)
const NEVRA = new RegExp(`^([A-Za-z0-9][A-Za-z0-9._+-]*)-(?:(\\d{1,9}):)?(${VERSION})-(${VERSION})\\.(\\w+)$`)

/** rpm's order of what may stand at one position: `~`, the end, `^`, letters, digits. */
function rank(segment: string | undefined): number {
  if (segment === undefined) return 1
  if (segment === '~') return 0
  if (segment === '^') return 2
  return /^\d/.test(segment) ? 4 : 3
}

function compareSegments(a: string | undefined, b: string | undefined): Order {
  const byKind = order(rank(a), rank(b))
  if (byKind !== 0 || a === undefined || b === undefined) return byKind
  return rank(a) === 4 ? compareDigits(a, b) : order(a, b)
}

/**
 * Compares two version strings, or two release strings, as rpm's `rpmvercmp()` does
 * (rpm-software-management/rpm, rpmio/rpmvercmp.c; test table tests/rpmvercmp.at).
 * `1.0~rc1` is before `1.0`, `1.0^git1` after it; `10.0001` equals `10.1`; digits are newer than letters.
 */
export const rpmvercmp = (a: string, b: string): Order => compareLists(a.match(SEGMENT) ?? [], b.match(SEGMENT) ?? [], compareSegments)

/** rpm's order of builds: the epoch decides first, then the version, then the release. */
export function compareEvr(a: Evr, b: Evr): Order {
  return order(a.epoch, b.epoch) || rpmvercmp(a.version, b.version) || rpmvercmp(a.release, b.release)
}

/** Reads `epoch:version-release`; no epoch means 0. Null when the text is something else. */
export function parseEvr(text: string): Evr | null {
  const [, epoch, version, release] = EVR.exec(text) ?? []
  if (version === undefined || release === undefined) return null
  return { epoch: Number(epoch ?? 0), version, release }
}

/** `epoch:version-release`, the epoch always shown: `0:0.5-1.el7_9`. */
export function formatEvr({ epoch, version, release }: Evr): string {
  return `${epoch}:${version}-${release}`
}

/** Reads `name-epoch:version-release.arch` (no epoch means 0), as Red Hat's product ids have it. Null when the text is something else. */
export function parseNevra(text: string): Install | null {
  const [, name, epoch, version, release, arch] = NEVRA.exec(text) ?? []
  if (name === undefined || version === undefined || release === undefined || arch === undefined) return null
  return { scheme: 'rpm', name, epoch: Number(epoch ?? 0), version, release, arch }
}

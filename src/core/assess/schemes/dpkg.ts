import type { Evr } from '../../identify/bulletin.ts'
import { compareDigits, compareLists, type Order, order } from './order.ts'

/** deb-version(7): a colon may stand in the upstream version only behind an epoch, a hyphen only before a revision. */
const VERSION = /^(?:(\d{1,9}):)?(\d[A-Za-z0-9.+~:-]*?)(?:-([A-Za-z0-9.+~]+))?$/

/** Reads `[epoch:]upstream[-revision]` (deb-version(7)). Null when the text is something else. */
export function parseDpkg(text: string): Evr | null {
  const [, epoch, version, release = ''] = VERSION.exec(text) ?? []
  if (version === undefined || (epoch === undefined && version.includes(':')) || (release === '' && version.endsWith('-'))) return null
  return { epoch: Number(epoch ?? 0), version, release }
}

/** As dpkg writes it: an epoch of 0 and an absent revision are left out, unless a colon in the version would be taken for one. */
export const formatDpkg = ({ epoch, version, release }: Evr): string =>
  `${epoch > 0 || version.includes(':') ? `${epoch}:` : ''}${version}${release === '' ? '' : `-${release}`}`

/** dpkg's order of characters: tilde, the end, letters, everything else. */
function rank(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  const code = character.charCodeAt(0)
  return /[A-Za-z]/.test(character) ? code : code + 256
}

const compareCharacters = (a: string | undefined, b: string | undefined): Order => order(rank(a), rank(b))

type Pair = readonly [text: string, digits: string]

/** A version is text, digits, text, digits ...; either may be empty at the ends. */
const pairs = (part: string): readonly Pair[] => [...part.matchAll(/(\D*)(\d*)/g)].map(([, text = '', digits = '']): Pair => [text, digits])

const NOTHING: Pair = ['', '']

const comparePairs = ([a, m]: Pair = NOTHING, [b, n]: Pair = NOTHING): Order =>
  compareLists([...a], [...b], compareCharacters) || compareDigits(m, n)

/** One part (upstream version or revision) as dpkg's `verrevcmp()` compares it (guillemj/dpkg, lib/dpkg/version.c). */
const compareDpkgPart = (a: string, b: string): Order => compareLists(pairs(a), pairs(b), comparePairs)

/** dpkg's order: the epoch, the upstream version, the revision; none counts as revision 0. */
export const compareDpkg = (a: Evr, b: Evr): Order =>
  order(a.epoch, b.epoch) || compareDpkgPart(a.version, b.version) || compareDpkgPart(a.release, b.release)

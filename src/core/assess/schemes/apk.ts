import type { Evr } from '../../identify/bulletin.ts'
import { compareDigits, compareLists, type Order, order } from './order.ts'

const VERSION = /^(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*(?:~[0-9a-f]+)?)(?:-(r\d+))?$/

/** Suffixes in their order; those of a pre-release are before a version without one, the others after it. */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p']
const FIRST_AFTER = SUFFIXES.indexOf('cvs')

type Token =
  | { readonly kind: 'initial' | 'digit' | 'suffix number' | 'revision'; readonly text: string }
  | { readonly kind: 'letter' | 'hash'; readonly text: string }
  | { readonly kind: 'suffix'; readonly text: string }

/** What may stand at one position, lowest first; `undefined` is the end. The further on a version is, the lower. */
const KINDS = ['end', 'revision', 'hash', 'suffix number', 'suffix', 'letter', 'digit', 'initial']

/** Reads Alpine's `1.2.3a_rc1-r0`. Null when the text is something else. */
export function parseApk(text: string): Evr | null {
  const [, version, release = ''] = VERSION.exec(text) ?? []
  return version === undefined ? null : { epoch: 0, version, release }
}

export const formatApk = ({ version, release }: Evr): string => (release === '' ? version : `${version}-${release}`)

/** apk-tools' tokens, in the order in which they are written. */
function tokensOf({ version, release }: Evr): readonly Token[] {
  const [numbers = ''] = /^[\d.]*/.exec(version) ?? []
  const rest = version.slice(numbers.length)
  const [first = '', ...digits] = numbers.split('.')
  const [letter] = /^[a-z]/.exec(rest) ?? []
  const [hash] = /~[0-9a-f]+$/.exec(rest) ?? []
  return [
    { kind: 'initial', text: first },
    ...digits.map((text): Token => ({ kind: 'digit', text })),
    ...(letter ? [{ kind: 'letter', text: letter } as const] : []),
    ...[...rest.matchAll(/_([a-z]+)(\d*)/g)].flatMap(([, text = '', number = '']): Token[] => [
      { kind: 'suffix', text },
      ...(number === '' ? [] : [{ kind: 'suffix number', text: number } as const]),
    ]),
    ...(hash ? [{ kind: 'hash', text: hash } as const] : []),
    ...(release === '' ? [] : [{ kind: 'revision', text: release.slice(1) } as const]),
  ]
}

const isPreRelease = (token: Token | undefined): boolean => token?.kind === 'suffix' && SUFFIXES.indexOf(token.text) < FIRST_AFTER

const rank = (token: Token | undefined): number => (isPreRelease(token) ? -1 : KINDS.indexOf(token?.kind ?? 'end'))

function compareTokens(a: Token | undefined, b: Token | undefined): Order {
  const byKind = order(rank(a), rank(b))
  if (byKind !== 0 || a === undefined || b === undefined) return byKind
  if (a.kind === 'suffix') return order(SUFFIXES.indexOf(a.text), SUFFIXES.indexOf(b.text))
  // Behind the first dot a leading zero makes it a fraction: 1.01 is lower than 1.1.
  if (a.kind === 'digit' && (a.text.startsWith('0') || b.text.startsWith('0'))) return order(a.text, b.text)
  return a.kind === 'letter' || a.kind === 'hash' ? order(a.text, b.text) : compareDigits(a.text, b.text)
}

/** Alpine's order (apk-tools 3, src/version.c `apk_version_compare`). */
export const compareApk = (a: Evr, b: Evr): Order => compareLists(tokensOf(a), tokensOf(b), compareTokens)

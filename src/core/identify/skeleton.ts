import { domainToUnicode } from 'node:url'

/**
 * Characters that look like a Latin letter or a digit. A small part of Unicode's confusables (UTS 39, confusables.txt): those that a
 * browser shows in a host name and that a typeface hardly tells apart.
 */
const LOOK_ALIKE: Readonly<Record<string, string>> = {
  a: 'аɑαạáàâäãåăąǎ',
  b: 'ьƅɓḃ',
  c: 'сϲⅽçćĉċč',
  d: 'ԁɗďđḍ',
  e: 'еєҽéèêëēĕėęěẹε',
  f: 'ƒḟ',
  g: 'ɡցģğĝġǧ',
  h: 'һհḥĥħ',
  i: 'іıɩιíìîïĩīĭįịǐ',
  j: 'јϳĵ',
  k: 'κкķĸḳ',
  l: 'ⅼӏɭłĺļľḷ1|',
  m: 'мⅿṃ',
  n: 'ոηпńņňñṇ',
  o: 'оοօσ0óòôöõøōŏőọ',
  p: 'рρṗ',
  q: 'ԛգ',
  r: 'гŕŗřṛ',
  s: 'ѕʂśŝşšșṣ5',
  t: 'тτţťțṭŧ',
  u: 'υսцúùûüũūŭůűųụǔ',
  v: 'ѵνṽṿ',
  w: 'ԝωŵẁẃẅẉ',
  x: 'хχⅹẋ',
  y: 'уүγýÿŷỳỵ',
  z: 'ᴢźżžẓ',
}

const FOLD = new Map(Object.entries(LOOK_ALIKE).flatMap(([letter, others]) => [...others].map((one): [string, string] => [one, letter])))

/** What a text looks like: two that look the same have the same skeleton (UTS 39, section 4, in small). Lower case. */
export const skeleton = (text: string): string =>
  [...text.normalize('NFKC').toLowerCase()]
    .map((mark) => FOLD.get(mark) ?? mark)
    .join('')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')

/** A host as people see it: `xn--...` decoded. What cannot be decoded stays as it is. */
export const unicodeHost = (host: string): string => domainToUnicode(host) || host

/** Alphabets that nobody mixes in one word, and that look alike. */
const ALPHABETS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u, /\p{Script=Cherokee}/u]

/** Does one label mix alphabets that look alike? Japanese, Chinese and Korean beside Latin are how those are written. */
export const mixesAlphabets = (label: string): boolean => ALPHABETS.filter((alphabet) => alphabet.test(label)).length > 1

/**
 * Fewest insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment); `most` + 1 when there
 * are more than `most`.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(before, j - 2) + 1 : Infinity
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same, swap))
    }
    before = last
    last = row
  }
  return Math.min(at(last, b.length), most + 1)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity

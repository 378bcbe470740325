import { BESIDE } from '../../src/core/change/state.ts'
import type { Tree } from './architecture.ts'

const MEMBERS = [...BESIDE].join('|')
const STATE = String.raw`\bstate\b"?`

/** A path into the state that begins with one of them: by an operator, or as an argument of a function. */
const READS = [
  new RegExp(String.raw`${STATE}\s*(?:->>?|#>>?|@[>?@])\s*'[^']*?\b(${MEMBERS})\b`, 'gi'),
  new RegExp(String.raw`"state"\s*\?[|&]?\s*(?:array\s*\[\s*)?'[^']*?\b(${MEMBERS})\b`, 'gi'),
  new RegExp(String.raw`\bjsonb_\w+\(\s*(?:\w+\.)?"?${STATE}\s*,\s*'[^']*?\b(${MEMBERS})\b`, 'gi'),
]

/** The state as a whole: neither a path into it, nor an argument, nor what is written to. */
const WHOLE = new RegExp(String.raw`(?:SELECT|,)\s+(?:\w+\.)?"?${STATE}\s*(?=,|\bAS\b|\bFROM\b)`, 'i')

/**
 * Statements in SQL that read of a change's state what clicks change beside it, without "patched"; one sentence each. Not seen is a path that
 * is put together elsewhere.
 */
export const blindReads = (tree: Tree): readonly string[] => [...tree].flatMap(([path, text]) => blindReadsOf(path, withoutComments(text)))

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

function blindReadsOf(path: string, code: string): readonly string[] {
  const members = READS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, member]) => `${path} reads "${member}" of a state as it was saved`),
  )
  const whole = sqlOf(code).filter((sql) => /\bFROM\s+"Change"/i.test(sql) && WHOLE.test(sql) && !/"?\blater\b"?/.test(sql))
  return [...members, ...whole.map(() => `${path} reads a state without "later"`)]
}

/** Texts between quotes of one kind: statements stand in templates, or in one line. */
const sqlOf = (code: string): readonly string[] => [...code.matchAll(/`[^`]*`|'[^'\n]*'/g)].map(([text]) => text)

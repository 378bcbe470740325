import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { canonicalJson, sha256Hex } from '../core/canonical.ts'
import { own } from '../core/own.ts'
import { policyProblems } from '../core/policy/check.ts'
import { type Policy, policySchema, policyShape } from '../core/policy.ts'

/** One thing that is wrong with a policy file. */
export interface FileProblem {
  /** From 1; null where it is about the file as a whole. */
  readonly line: number | null
  /** As one would write it: `people[2].zone`; empty for the file as a whole. */
  readonly path: string
  /** What was expected, and what came. */
  readonly message: string
}

export type PolicyText =
  | { readonly ok: true; readonly policy: Policy; readonly hash: string; readonly lineOf: (path: Path) => number | null }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

type Path = readonly (string | number)[]

/** Largest policy file, in bytes. */
const MOST_BYTES = 1_000_000
/** Anchors that may be used: a file for people needs few, a bomb many. */
const MOST_ALIASES = 50

/** Reads a policy, YAML 1.2 or JSON, with everything that is wrong with it at once, in the order of the file. */
export function readPolicyText(text: string, { sample = false }: { readonly sample?: boolean } = {}): PolicyText {
  const bytes = Buffer.byteLength(text)
  if (bytes > MOST_BYTES) return whole(`expected at most ${MOST_BYTES} bytes, got ${bytes}`)
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, { strict: true, uniqueKeys: true, prettyErrors: false, lineCounter: lines })
    return judge(document, lines, sample)
  } catch (error) {
    // Anchors that multiply, or brackets nested deeper than any program reads.
    return whole(
      `expected a plain YAML file, got one that cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    )
  }
}

const whole = (message: string): PolicyText => ({ ok: false, problems: [{ line: null, path: '', message }] })

function judge(document: Document.Parsed, lines: LineCounter, sample: boolean): PolicyText {
  const broken = document.errors.map(
    (error): FileProblem => ({ line: lines.linePos(error.pos[0]).line, path: '', message: yamlWords(error) }),
  )
  // With a key twice the rest can still be judged; anything else that breaks the text makes the rest a guess.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { ok: false, problems: broken }
  const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
  const lineOf = (path: Path): number | null => lineAt(document, lines, path)
  const shape = policyShape.safeParse(value)
  const found = [
    ...(shape.success ? [] : shape.error.issues.flatMap((issue) => shapeProblems(issue, value))),
    ...policyProblems(value, { sample }),
  ]
  const problems = [
    ...broken,
    ...oldYaml(document),
    ...found.map(({ path, message }): FileProblem => ({ line: lineOf(path), path: pathWords(path), message })),
  ]
  if (problems.length > 0) return { ok: false, problems: inOrder(problems) }
  const policy = policySchema.parse(value)
  return { ok: true, policy, hash: sha256Hex(canonicalJson(policy)), lineOf }
}

/** What is told twice is said once, the problems in the order of the lines. */
function inOrder(problems: readonly FileProblem[]): readonly FileProblem[] {
  const once = new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem]))
  return [...once.values()].toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
}

/** Under YAML 1.1 `22:00` is the number 1320 and `no` is false. */
function oldYaml(document: Document.Parsed): readonly FileProblem[] {
  const version = document.directives.yaml.explicit ? document.directives.yaml.version : '1.2'
  return version === '1.2' ? [] : [{ line: 1, path: '', message: `expected YAML 1.2, got a file that says YAML ${version}` }]
}

function yamlWords({ code, message }: { readonly code: string; readonly message: string }): string {
  const first = message.split('\n')[0] ?? ''
  if (code === 'DUPLICATE_KEY') return 'expected each key once, got one twice'
  if (code === 'TAB_AS_INDENT') return 'expected spaces before the text, got a tab'
  return `expected YAML, got something else: ${first}`
}

type Issue = z.core.$ZodIssue

/** An unknown key is a problem at its own place; everything else where it stands. */
function shapeProblems(issue: Issue, value: unknown): readonly { readonly path: Path; readonly message: string }[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: 'expected a key that the policy knows; this one it does not' }))
  const came = at(value, path)
  return [{ path, message: `${expected(issue)}, got ${shown(came)}${quoteHint(issue, came)}` }]
}

function expected(issue: Issue): string {
  const text = issue.message.replace(/^Invalid (input|option): /, '').replace(/, received .*$/, '')
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'kind')
    return 'expected one of the kinds that there are: csaf, csaf-folder, feed, osv, kev'
  if (text.startsWith('expected')) return text.replaceAll('|', ', ')
  if (issue.code === 'invalid_format')
    return `expected ${issue.format === 'email' ? 'an e-mail address' : issue.format === 'datetime' ? 'an instant such as 2026-12-23T23:00:00Z' : `a ${issue.format}`}`
  if (issue.code === 'too_small')
    return `expected ${issue.origin === 'number' ? 'a number of' : ''} at least ${issue.minimum}${own(ITEMS, issue.origin) ?? ''}`.replace(
      '  ',
      ' ',
    )
  if (issue.code === 'too_big')
    return `expected ${issue.origin === 'number' ? 'a number of' : ''} at most ${issue.maximum}${own(ITEMS, issue.origin) ?? ''}`.replace(
      '  ',
      ' ',
    )
  return `expected something else (${text})`
}

const ITEMS: Readonly<Record<string, string>> = { array: ' entries', string: ' characters' }

const quoteHint = (issue: Issue, came: unknown): string =>
  issue.code === 'invalid_type' && issue.expected === 'string' && (typeof came === 'number' || typeof came === 'boolean')
    ? '; put it in quotes'
    : ''

/** The line of a value, of its key where there is one; of what it should stand in, where it is not there at all. */
function lineAt(document: Document.Parsed, lines: LineCounter, path: Path): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const start = startOf(document, path.slice(0, length))
    if (start !== null) return lines.linePos(start).line
  }
  return null
}

function startOf(document: Document.Parsed, path: Path): number | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const last = path.at(-1)
  const pair = isMap(parent) ? parent.items.find((item) => isPair(item) && String(item.key) === String(last)) : undefined
  if (pair && isNode(pair.key)) return pair.key.range?.[0] ?? null
  const node = document.getIn(path, true)
  return isNode(node) ? (node.range?.[0] ?? null) : null
}

/** `people[3].zone`, as one would write it. */
const pathWords = (path: Path): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${part}`)).join('')

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, part) => (inner !== null && typeof inner === 'object' ? Reflect.get(inner, part) : undefined), value)

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (value !== null && typeof value === 'object') return 'a group of keys'
  return value === null ? 'nothing' : JSON.stringify(value).slice(0, 80)
}

/** `policy.yaml:12: people[2].zone: expected ..., got ...` */
export const problemLine = (file: string, { line, path, message }: FileProblem): string =>
  `${file}${line === null ? '' : `:${line}`}: ${path === '' ? '' : `${path}: `}${message}`

import { line } from './text.ts'

const MOST_NAMES = 10

/** Ids of notices at the start or in brackets, and words of severity: no products. */
const IDS =
  /^\s*(?:\[[^\]]{1,60}\]|\([^)]{1,60}\)|[A-Za-z]{2,9}(?:-[A-Za-z]{1,4}){0,2}[- ]?\d{2,4}[-:]\d[\w:.-]*|[A-Z]{2,6}-\d{1,6}(?:-\d+)?)\s*[:–—-]?\s*/
const SEVERITY = /^(?:critical|important|high|moderate|medium|low)\s*[:–—-]\s*/i
const FIXED_IN = /\b(?:(?:fixed|vulnerabilit(?:y|ies)) in|(?:update|patch)(?:es|s)? (?:for|of))\s+(.{2,200})$/i
/** What follows the product in a title of the usual build. */
const TAIL =
  /\s+(?:[–—-]+\s*)?(?:(?:multiple|critical|important|several|security|bug ?fix|regular)\s+)*(?:and\s+)?(?:(?:security|bug ?fix|enhancement)\s+)*(?:updates?|upgrade|vulnerabilit(?:y|ies)|regressions?|fix(?:es)?|issues?|releases?|released|advisory|flaws?)\b.*$/i

const STOP = new Set(
  `a an the of in on for with and or to from via by at as is are be can could may when using use used after before into over under its it this that
  multiple several new security update updates updated upgrade advisory advisories bulletin notice notices alert vulnerability vulnerabilities
  vulnerable issue issues flaw flaws bug bugs fix fixes fixed patch patches patched release releases released version versions stable channel
  critical important high moderate medium low severity severe remote local code command execution arbitrary denial service dos privilege
  privileges escalation elevation information disclosure bypass authentication authorization injection sql cross site scripting xss csrf ssrf rce
  overflow buffer heap stack memory corruption leak read write out bounds free null pointer dereference path traversal improper validation input
  access control exposure sensitive insecure missing weak cve actively exploited exploitation attacker attackers attack attacks affecting affects
  cisa adds known catalog desktop regression resolved available now library package packages software two three four five one`.split(/\s+/),
)

const WORD = /[\p{L}\p{N}][\p{L}\p{N}+._-]*/gu
const NUMBER = /^v?\d+(?:[._-]\d+)*[a-z]?$/

const withoutVersion = (name: string): string => name.replace(/\s+(?:esr\s+)?v?\d[\w.]*(?:\s+esr)?\s*$/i, '').trim()

/** Without the words at its ends that every notice has. */
const trimmed = (name: string): string => {
  const parts = name.split(' ')
  while (STOP.has(parts.at(-1) ?? '')) parts.pop()
  while (STOP.has(parts[0] ?? '')) parts.shift()
  return parts.join(' ')
}

const listed = (text: string): readonly string[] =>
  text
    .replace(/\([^)]*\)/g, ' ')
    .split(/\s*(?:,|;|\band\b|&)\s*/)
    .map((name) => trimmed(withoutVersion(line(name, 60).toLowerCase())))
    .filter((name) => name !== '' && name.split(' ').length <= 4 && !NUMBER.test(name))

const words = (title: string): readonly string[] =>
  (title.toLowerCase().match(WORD) ?? [])
    .map((word) => word.replace(/[._-]+$/, ''))
    .filter((word) => word.length > 1 && !STOP.has(word) && !NUMBER.test(word) && !/^(?:cve|usn|dsa|rhsa|ghsa)-/.test(word))

/**
 * Product names that a title tells, lower case, at most ten: what stands before "vulnerabilities", "security update" and the like; for any
 * other title its words without those that every notice has. A person, or the inventory, says what they mean.
 */
export const namesIn = (title: string): readonly string[] => {
  let rest = title.slice(0, 300)
  for (let i = 0; i < 3; i += 1) rest = rest.replace(IDS, '').replace(SEVERITY, '')
  const fixedIn = FIXED_IN.exec(rest)?.[1]
  const named = fixedIn === undefined ? (TAIL.test(rest) ? listed(rest.replace(TAIL, '')) : []) : listed(fixedIn)
  return [...new Set(named.length > 0 ? named : words(rest))].slice(0, MOST_NAMES)
}

const CVE = /\bCVE-\d{4}-\d{4,7}\b/gi
const MOST_CVES = 200

/** Different CVE ids in texts, in their order. */
export const cvesIn = (...texts: readonly string[]): readonly string[] =>
  [...new Set(texts.flatMap((text) => text.match(CVE) ?? []).map((id) => id.toUpperCase()))].slice(0, MOST_CVES)

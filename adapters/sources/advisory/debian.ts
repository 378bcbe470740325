import type { Bulletin, FixedBuild } from '../../../src/core/identify/bulletin.ts'
import { revisionOf } from '../../../src/core/identify/revision.ts'
import { SAYS_NOTHING } from '../../../src/core/identify/sections.ts'
import { distinct, line } from '../../../src/core/identify/text.ts'
import { own } from '../../../src/core/own.ts'
import { dpkgVersion } from './dpkg.ts'
import { type AdvisoryFormat, type Entry, type Reading, unread } from './format.ts'

/** Releases by their names; those that are not here are too old, or not released yet. */
const RELEASES: Readonly<Record<string, string>> = {
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const HEAD = /^\[(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})\] ((?:DSA|DLA|DTSA)-\d{1,6}(?:-\d{1,3})?) (\S{1,100}) - (.{1,200})$/
const FIX = /^\s+\[([a-z]{2,20})\] - (\S{1,100}) (\S{1,150})\s*$/

const dateOf = (day: string, month: string, year: string): string | null => {
  const index = MONTHS.indexOf(month.toLowerCase())
  const date = new Date(Date.UTC(Number(year), index, Number(day)))
  return index < 0 || date.getUTCDate() !== Number(day) ? null : date.toISOString()
}

/** Entries of the list: a line that begins with a date, and the indented lines below it. */
function list(text: string): readonly Entry[] {
  return text.split(/\n(?=\[)/).flatMap((block): readonly Entry[] => {
    const head = HEAD.exec(block.split('\n', 1)[0]?.trimEnd() ?? '')
    const at = head ? dateOf(head[1] ?? '', head[2] ?? '', head[3] ?? '') : null
    return head?.[4] && at !== null ? [{ key: head[4], at, text: `${block.trimEnd()}\n` }] : []
  })
}

function buildsOf(rows: readonly string[], cves: readonly string[], drop: (reason: string) => void): readonly FixedBuild[] {
  return rows.flatMap((row): readonly FixedBuild[] => {
    const found = FIX.exec(row)
    if (!found) return []
    const [, codename = '', name = '', version = ''] = found
    const [release, evr] = [own(RELEASES, codename), dpkgVersion(version)]
    if (release !== undefined && evr !== null) return [{ stream: `Debian:${release}`, scheme: 'dpkg', name, arch: '*', evr, cves }]
    drop(`${codename} ${line(name, 60)} ${line(version, 60)}: ${release === undefined ? 'a release that is not known' : 'no version'}`)
    return []
  })
}

function read(source: string, text: string): Reading {
  const [first = '', ...rows] = text.split('\n')
  const head = HEAD.exec(first.trimEnd())
  const at = head ? dateOf(head[1] ?? '', head[2] ?? '', head[3] ?? '') : null
  if (!head?.[4] || at === null) return unread('it does not begin like an entry of the list')
  const dropped: string[] = []
  const [id, product] = [head[4], head[5] ?? '']
  const cves = distinct(rows.flatMap((row) => row.match(/\bCVE-\d{4}-\d{4,19}\b/g) ?? []))
  const fixed = buildsOf(rows, cves, (reason) => void dropped.push(reason))
  const url = `https://security-tracker.debian.org/tracker/${id}`
  const notes = rows.filter((row) => /^\s+NOTE:/.test(row)).map((row) => line(row.replace(/^\s+NOTE:/, ''), 300))
  const bulletin: Bulletin = {
    source,
    vendorId: id,
    revision: revisionOf(at),
    title: line(`${id}: ${product} - ${head[6] ?? ''}`, 300),
    publisher: { name: 'Debian', namespace: 'https://security-tracker.debian.org', category: 'vendor' },
    url,
    publishedAt: at,
    updatedAt: at,
    severity: 'none',
    updateType: 'security patch',
    vulnerabilities: cves.map((cve) => ({ cve, severity: 'none', knownExploited: 'unknown' })),
    fixed,
    unfixed: [],
    names: fixed.length > 0 ? [] : [line(product, 60).toLowerCase()],
    restart: /^linux(?:-\d|$)/.test(product) ? 'reboot' : 'none stated',
    sections: {
      ...SAYS_NOTHING,
      summary: { ...SAYS_NOTHING.summary, affectedSoftware: fixed.map((b) => `${b.stream}: ${b.name}`).join('\n') },
      technicalDetails: { text: notes.join('\n'), mitigatingFactors: '' },
      knowledgeBase: [{ label: id, url }],
    },
  }
  return { ok: true, bulletin, dropped }
}

/** Debian's advisories as its security tracker keeps them: one list that has everything. */
export const debian: AdvisoryFormat = {
  url: 'https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/DSA/list',
  details: 'https://security-tracker.debian.org/tracker/',
  list,
  path: (key) => key,
  read,
}

import { z } from 'zod'
import type { Bulletin, FixedBuild } from '../../../src/core/identify/bulletin.ts'
import { revisionOf } from '../../../src/core/identify/revision.ts'
import { SAYS_NOTHING } from '../../../src/core/identify/sections.ts'
import { distinct, line, plain } from '../../../src/core/identify/text.ts'
import { dpkgVersion } from './dpkg.ts'
import { type AdvisoryFormat, idsIn, type Reading, unread } from './format.ts'

const MOST_BUILDS = 3_000
const NAME = /^[a-z0-9][a-z0-9+.-]{1,100}$/

const schema = z.object({
  id: z.string().regex(/^(?:USN|LSN|SSN)-\d{1,6}-\d{1,4}$/),
  title: z.string().min(1),
  summary: z.string().nullish(),
  description: z.string().nullish(),
  instructions: z.string().nullish(),
  published: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/),
  cves_ids: z.array(z.string()).nullish(),
  releases: z.array(z.object({ codename: z.string(), version: z.string(), support_tag: z.string().nullish() })),
  release_packages: z.record(
    z.string(),
    z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        is_source: z.boolean().nullish(),
        pocket: z.string().nullish().catch(null),
      }),
    ),
  ),
})
type Notice = z.infer<typeof schema>

/** Streams of a release, as OSV and the inventory write them. What is in an ESM pocket comes to subscribers of Ubuntu Pro only. */
const streamsOf = (version: string, lts: boolean, pocket: string): readonly string[] => {
  const tail = lts ? [`${version}:LTS`, version] : [version]
  return tail.map((one) => (pocket.startsWith('esm') ? `Ubuntu:Pro:${one}` : `Ubuntu:${one}`))
}

function buildsOf(notice: Notice, cves: readonly string[], drop: (reason: string) => void): readonly FixedBuild[] {
  const releases = new Map(notice.releases.map((one) => [one.codename, one]))
  const builds = Object.entries(notice.release_packages).flatMap(([codename, packages]) => {
    const release = releases.get(codename)
    if (release === undefined || !/^\d{1,2}\.\d{2}$/.test(release.version)) {
      drop(`${line(codename, 40)}: a release without a number`)
      return []
    }
    const isLts = /lts/i.test(release.support_tag ?? '') || /^\d?[02468]\.04$/.test(release.version)
    return packages
      .filter(({ is_source }) => is_source !== true)
      .flatMap(({ name, version, pocket }) => {
        const evr = dpkgVersion(version)
        if (evr === null || !NAME.test(name)) {
          drop(`${line(name, 60)} in ${codename}: no version`)
          return []
        }
        const build = { scheme: 'dpkg', name, arch: '*', evr, cves } as const
        return streamsOf(release.version, isLts, pocket ?? '').map((stream) => ({ stream, ...build }))
      })
  })
  if (builds.length > MOST_BUILDS) drop(`${builds.length - MOST_BUILDS} builds beyond the first ${MOST_BUILDS}`)
  return builds.slice(0, MOST_BUILDS)
}

function bulletinOf(source: string, notice: Notice, drop: (reason: string) => void): Bulletin {
  const cves = distinct((notice.cves_ids ?? []).filter((id) => /^CVE-\d{4}-\d{4,19}$/.test(id)))
  const publishedAt = new Date(`${notice.published.slice(0, 19)}Z`).toISOString()
  const fixed = buildsOf(notice, cves, drop)
  const url = `https://ubuntu.com/security/notices/${notice.id}`
  const instructions = plain(notice.instructions ?? '')
  return {
    source,
    vendorId: notice.id,
    revision: revisionOf(publishedAt),
    title: line(`${notice.id}: ${notice.title}`, 300),
    publisher: { name: 'Ubuntu', namespace: 'https://ubuntu.com', category: 'vendor' },
    url,
    publishedAt,
    updatedAt: publishedAt,
    // Ubuntu rates vulnerabilities, not notices.
    severity: 'none',
    updateType: 'security patch',
    vulnerabilities: cves.map((cve) => ({ cve, severity: 'none', knownExploited: 'unknown' })),
    fixed,
    unfixed: [],
    names: [],
    restart: /\breboot\b/i.test(instructions) ? 'reboot' : 'none stated',
    sections: {
      ...SAYS_NOTHING,
      summary: {
        maximumSeverity: '',
        impact: plain(notice.summary ?? ''),
        affectedSoftware: distinct(notice.releases.map(({ version }) => `Ubuntu ${line(version, 20)}`)).join(', '),
        recommendation: instructions,
      },
      technicalDetails: { text: plain(notice.description ?? ''), mitigatingFactors: '' },
      knowledgeBase: [{ label: notice.id, url }],
    },
  }
}

function read(source: string, text: string): Reading {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return unread('it is no JSON')
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) return unread(`${line(parsed.error.issues[0]?.path.join('.') ?? '', 80)}: ${parsed.error.issues[0]?.message}`)
  const dropped: string[] = []
  const bulletin = bulletinOf(source, parsed.data, (reason) => void dropped.push(reason))
  return { ok: true, bulletin, dropped }
}

/** Ubuntu's security notices: the feed triggers, each notice is JSON. */
export const ubuntu: AdvisoryFormat = {
  url: 'https://ubuntu.com/security/notices/rss.xml',
  details: 'https://ubuntu.com/security/notices/',
  list: (text) => idsIn(text, /\/notices\/((?:USN|LSN)-\d{1,6}-\d{1,4})\b/g).map((key) => ({ key, at: '' })),
  path: (key) => `${key}.json`,
  read,
}

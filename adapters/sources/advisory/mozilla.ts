import { parse } from 'yaml'
import { z } from 'zod'
import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { revisionOf } from '../../../src/core/identify/revision.ts'
import { SAYS_NOTHING } from '../../../src/core/identify/sections.ts'
import { highest, severityWord } from '../../../src/core/identify/severity.ts'
import { distinct, line, plain } from '../../../src/core/identify/text.ts'
import { type AdvisoryFormat, idsIn, type Reading, unread } from './format.ts'

const weakness = z.object({ title: z.string().nullish(), impact: z.string().nullish() })
const schema = z.object({
  announced: z.string(),
  impact: z.string().nullish(),
  title: z.string().min(1),
  description: z.string().nullish(),
  fixed_in: z.union([z.string(), z.array(z.string()).max(50)]),
  advisories: z.record(z.string(), z.unknown()).nullish(),
})

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `January 27, 2026`, in UTC; null for what is none. */
const dateOf = (text: string): string | null => {
  const found = /^\s*([A-Za-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\s*$/.exec(text)
  const month = MONTHS.indexOf(found?.[1]?.toLowerCase() ?? '')
  return found && month >= 0 ? new Date(Date.UTC(Number(found[3]), month, Number(found[2]))).toISOString() : null
}

/** `Firefox ESR 115.2` -> `firefox esr`, and as an inventory may call it. */
const namesOf = (fixedIn: readonly string[]): readonly string[] =>
  distinct(
    fixedIn.flatMap((one) => {
      const name = line(one, 80)
        .toLowerCase()
        .replace(/\s+v?\d[\d.]*(?:esr)?$/, '')
      return [name, `mozilla ${name}`]
    }),
  )

/** The first line of a file names it: nothing else in it does. */
const ID = /^#+\s*mfsa(\d{4}-\d{1,3})\.yml\s*$/m

const values = (text: string): unknown => {
  try {
    // No aliases: a few lines of them can grow without bounds.
    return parse(text, { maxAliasCount: 0 })
  } catch {
    return undefined
  }
}

function read(source: string, text: string): Reading {
  const id = ID.exec(text.slice(0, 200))?.[1]
  if (id === undefined) return unread('it does not begin with the name of an advisory')
  const parsed = schema.safeParse(values(text))
  if (!parsed.success) return unread(`${line(parsed.error.issues[0]?.path.join('.') ?? '', 80)}: ${parsed.error.issues[0]?.message}`)
  const { announced, impact, title, description, advisories, fixed_in } = parsed.data
  const publishedAt = dateOf(announced)
  if (publishedAt === null) return unread(`"${line(announced, 40)}" is no date`)
  const fixedIn = typeof fixed_in === 'string' ? [fixed_in] : fixed_in
  const known = Object.entries(advisories ?? {}).flatMap(([cve, said]) => {
    const one = weakness.safeParse(said)
    return /^CVE-\d{4}-\d{4,19}$/.test(cve) ? [{ cve, title: line(one.data?.title ?? '', 200), word: one.data?.impact ?? '' }] : []
  })
  const vulnerabilities = known.map(({ cve, word }) => ({
    cve,
    severity: severityWord(word) ?? 'none',
    knownExploited: 'unknown' as const,
  }))
  const url = `https://www.mozilla.org/en-US/security/advisories/mfsa${id}/`
  const bulletin: Bulletin = {
    source,
    vendorId: `MFSA-${id}`,
    revision: revisionOf(publishedAt),
    title: line(title, 300),
    publisher: { name: 'Mozilla', namespace: 'https://www.mozilla.org', category: 'vendor' },
    url,
    publishedAt,
    updatedAt: publishedAt,
    severity: severityWord(impact ?? '') ?? highest(vulnerabilities.map(({ severity }) => severity)),
    updateType: 'security patch',
    vulnerabilities,
    fixed: [],
    unfixed: [],
    names: namesOf(fixedIn),
    restart: 'none stated',
    sections: {
      ...SAYS_NOTHING,
      summary: {
        ...SAYS_NOTHING.summary,
        maximumSeverity: line(impact ?? '', 40),
        impact: plain((description ?? '').replace(/<[^<>]{0,300}>/g, ' ')),
        affectedSoftware: `Fixed in ${fixedIn.map((one) => line(one, 80)).join(', ')}`,
      },
      technicalDetails: { text: plain(known.map((one) => `${one.cve}: ${one.title} (${one.word})`).join('\n')), mitigatingFactors: '' },
      knowledgeBase: [{ label: `MFSA ${id}`, url }],
    },
  }
  return { ok: true, bulletin, dropped: [] }
}

/** Mozilla's advisories: the feed triggers, each advisory is YAML in its public repository. */
export const mozilla: AdvisoryFormat = {
  url: 'https://www.mozilla.org/en-US/security/advisories/feed/',
  details: 'https://raw.githubusercontent.com/mozilla/foundation-security-advisories/master/announce/',
  list: (text) => idsIn(text, /\/advisories\/mfsa(\d{4}-\d{1,3})\b/gi).map((id) => ({ key: `MFSA-${id}`, at: '' })),
  path: (key) => {
    const id = key.slice('MFSA-'.length)
    return `${id.slice(0, 4)}/mfsa${id}.yml`
  },
  read,
}

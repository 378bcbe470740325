// npm run conformance [-- SUITE ...]: suites of others, run from ../shared/data. Last, one line of JSON.
import { cisa } from './cisa.ts'
import { cvss } from './cvss.ts'
import { feedRsSuite, gofeedSuite, rssParserSuite, unharmed } from './feeds.ts'
import { mandatory, warned } from './oasis.ts'
import { dkim, redteam } from './sent.ts'
import { DATA, dataFolder, type Result, type Suite } from './suite.ts'
import { versions } from './versions.ts'

const all = (run: () => Promise<Result>): Suite => ({ goal: 1, run })
const most = (run: () => Promise<Result>): Suite => ({ goal: 0.98, run })

const SUITES: Readonly<Record<string, Suite>> = {
  'csaf-mandatory': all(mandatory),
  'csaf-optional': all(() => warned('optional')),
  'csaf-informative': all(() => warned('informative')),
  cisa: all(cisa),
  gofeed: most(gofeedSuite),
  'feed-rs': most(feedRsSuite),
  'rss-parser': most(rssParserSuite),
  'feeds-unharmed': all(unharmed),
  cvss: all(cvss),
  versions: all(versions),
  dkim: all(dkim),
  redteam: all(redteam),
}

const MOST_TOLD = 60

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(SUITES, name))
if (unknown.length > 0) {
  process.stderr.write(`There is no suite "${unknown.join('", "')}"; expected ${Object.keys(SUITES).join(', ')}, or none for all.\n`)
  process.exit(2)
}
if (dataFolder() === null) {
  process.stderr.write(`The suites are not here: expected them in ${DATA}. They are not part of the project.\n`)
  process.stdout.write(`${JSON.stringify({ conformance: {} })}\n`)
  process.exit(1)
}

const figures: Record<string, { readonly passed: number; readonly failed: number }> = {}
let missed = false
for (const [name, { goal, run }] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { passed, failed, notes = [] } = await run()
  const share = passed / Math.max(1, passed + failed.length)
  const isMet = passed > 0 && share >= goal
  missed ||= !isMet
  figures[name] = { passed, failed: failed.length }
  process.stdout.write(
    `${name}: ${passed} of ${passed + failed.length} (${(share * 100).toFixed(1)} %), goal ${goal * 100} %${isMet ? '' : ': MISSED'}\n`,
  )
  for (const line of [...notes, ...failed.slice(0, MOST_TOLD)]) process.stdout.write(`  ${line.replace(/\s+/g, ' ').slice(0, 260)}\n`)
  if (failed.length > MOST_TOLD) process.stdout.write(`  and ${failed.length - MOST_TOLD} more\n`)
}
process.stdout.write(`${JSON.stringify({ conformance: figures })}\n`)
process.exit(missed ? 1 : 0)

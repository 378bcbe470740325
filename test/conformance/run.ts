// npm run conformance [-- SUITE ...]: suites of others, run from ../shared/data. Last, one line of JSON.
import { dkimSuite } from '../redteam/dkim.ts'
import { cisa } from './cisa.ts'
import { cvss } from './cvss.ts'
import { feedRsSuite, gofeedSuite, rssParserSuite, unharmed } from './feeds.ts'
import { mandatory, warned } from './oasis.ts'
import { reportOf } from './report.ts'
import { forgeries, originals } from './sent.ts'
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
  dkim: all(dkimSuite),
  redteam: all(forgeries),
  'redteam-originals': most(originals),
}

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

const chosen = Object.entries(SUITES).filter(([name]) => wanted.length === 0 || wanted.includes(name))
const { figures, isMissed } = await reportOf(chosen, (text) => process.stdout.write(text))
process.stdout.write(`${JSON.stringify({ conformance: figures })}\n`, () => process.exit(isMissed ? 1 : 0))

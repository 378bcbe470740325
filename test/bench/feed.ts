import { SaxesParser } from 'saxes'
import { readFeed } from '../../adapters/sources/feed/items.ts'
import { type Bench, busy, median, rounded } from './bench.ts'

const ITEMS = 1_000
const ROUNDS = 5
const GOAL = 0.4

/** A thousand notices as a vendor's feed has them, some 8 MB; deterministic. */
function feed(): Buffer {
  const text = 'A flaw was found in the way the component handled certain requests. An attacker could use it to crash the program. '
  const items = Array.from(
    { length: ITEMS },
    (
      _,
      i,
    ) => `<item><title>USN-${6000 + i}-1: OpenSSL vulnerabilities</title><link>https://ubuntu.com/security/notices/USN-${6000 + i}-1</link>
<guid isPermaLink="true">https://ubuntu.com/security/notices/USN-${6000 + i}-1</guid><pubDate>Mon, 23 Nov 2026 14:05:00 +0000</pubDate>
<description>&lt;p&gt;${`${text}CVE-2026-${1000 + i} &lt;b&gt;important&lt;/b&gt;. `.repeat(50)}&lt;/p&gt;</description></item>`,
  )
  return Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Notices</title><link>https://ubuntu.com</link>${items.join('\n')}</channel></rss>`,
  )
}

/** Reading a feed into items, with all guards, against saxes walking the same bytes. In turn, round by round. */
export async function bench(): Promise<Bench> {
  const bytes = feed()
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const walk = await busy(() => walkOnly(bytes))
    const read = await busy(async () => {
      const reading = await readFeed({ bytes, contentType: 'application/rss+xml' })
      if (!reading.ok || reading.items.length !== ITEMS) throw new Error('the feed was not read')
    })
    // The first round warms up.
    if (round > 0) {
      theirs.push(walk)
      ours.push(read)
    }
  }
  const ratio = median(theirs) / median(ours)
  return {
    rows: [
      ['size of the feed', `${(bytes.length / 1e6).toFixed(1)} MB, ${ITEMS} items`],
      ['read into items, median', `${median(ours).toFixed(0)} ms of processor time`],
      ['saxes walks the same bytes, median', `${median(theirs).toFixed(0)} ms of processor time`],
      ['ratio of the speeds', `${ratio.toFixed(2)}, goal ${GOAL}`],
    ],
    figures: {
      ratio: rounded(ratio),
      readMs: Math.round(median(ours)),
      saxesMs: Math.round(median(theirs)),
      megabytes: rounded(bytes.length / 1e6, 1),
    },
  }
}

function walkOnly(bytes: Buffer): void {
  let events = 0
  const parser = new SaxesParser()
  parser.on('opentag', () => {
    events += 1
  })
  parser.on('text', () => {
    events += 1
  })
  parser.write(bytes.toString('utf8')).close()
  if (events === 0) throw new Error('saxes saw nothing')
}

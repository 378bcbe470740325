import { describe, expect, test } from 'vitest'
import { NOBODY } from '../../src/cards/adaptive/teams/audience.ts'
import { teamsCard } from '../../src/cards/adaptive/teams/card.ts'
import { renderCard } from '../../src/cards/block-kit/card.ts'
import { heldCard, historyCard } from '../../src/cards/bulletins.ts'
import { affectedCard, detailsCard, evidenceCard } from '../../src/cards/details.ts'
import { capital, clockFacts, count, isRehearsal, joined, listed, nameOf, shortened, shortTitle, subjectOf } from '../../src/cards/words.ts'
import type { Check, Verification } from '../../src/core/identify/verification.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'
import { HOSTILE } from '../support/cards.ts'
import { aHost, opened, policy, T0 } from '../support/change.ts'
import { expectShowable, labelsOf, rehearsedAt, stateAt, wordsOf } from '../support/change-cards.ts'

describe('details: the six sections of Table 2.2', () => {
  const SECTIONS = [
    'Summary',
    'Technical details',
    'Workarounds',
    'Frequently asked questions',
    'Security patch information',
    'Knowledge base',
  ]

  test('are all there, in their order', () => {
    const lines = wordsOf(detailsCard(aBulletin({}), 4)).split('\n')
    expect(lines.filter((l) => SECTIONS.includes(l))).toEqual(SECTIONS)
  })

  test('what the publisher does not say is said to be missing, and never left empty', () => {
    const words = wordsOf(detailsCard(aBulletin({}), 4))
    for (const label of [
      'Impact',
      'Affected software',
      'Recommendation',
      'Mitigating factors',
      'Prerequisites',
      'Deployment',
      'Restart',
      'Removal',
      'Files',
      'Verification',
    ])
      expect(words).toContain(`${label}: The publisher says nothing.`)
    expect(words).toMatch(/Frequently asked questions\nThe publisher says nothing\./)
    expect(words).toMatch(/Workarounds\nDo without it\./)
  })

  test('every vulnerability has its score, its vector and one of three answers', () => {
    const { cvss: _, ...unscored } = aVulnerability({ cve: 'CVE-2026-0002', knownExploited: 'no' })
    const words = wordsOf(
      detailsCard(
        aBulletin({ vulnerabilities: [aVulnerability({ knownExploited: 'yes' }), unscored, aVulnerability({ cve: 'CVE-2026-0003' })] }),
        4,
      ),
    )
    expect(words).toContain('CVE-2026-0001 | 7.5 | CVSS:3.1/A | yes')
    expect(words).toContain('CVE-2026-0002 | - | - | no')
    expect(words).toContain('CVE-2026-0003 | 7.5 | CVSS:3.1/A | unknown')
  })

  test('vulnerabilities that have no room beside the sections have pages of their own', () => {
    const vulnerabilities = Array.from({ length: 21 }, (_, i) => aVulnerability({ cve: `CVE-2026-${1000 + i}` }))
    const long = { ...aBulletin({}).sections, faq: 'why? '.repeat(1000) }
    for (const bulletin of [aBulletin({ vulnerabilities }), aBulletin({ sections: long } as Parameters<typeof aBulletin>[0])]) {
      const card = detailsCard(bulletin, 4)
      expect(wordsOf(card)).not.toContain('CVE-2026-')
      expect(card.actions).toMatchObject([{ label: 'Vulnerabilities', verb: 'details', id: 'bulletin:4/page-1' }])
    }
    expect(wordsOf(detailsCard(aBulletin({ vulnerabilities }), 4))).toContain('It is about 21 vulnerabilities.')
  })

  test.each(HOSTILE)('can be shown on both platforms, whatever the publisher wrote: %j', (text) => {
    const bulletin = aBulletin({
      title: `x ${text}`,
      workarounds: text,
      sections: {
        ...aBulletin({}).sections,
        workarounds: text,
        faq: text.repeat(300),
        knowledgeBase: [{ label: text, url: 'https://example.org/' }],
      },
    } as Parameters<typeof aBulletin>[0])
    expectShowable(detailsCard(bulletin, 4))
  })
})

const check = (name: Check['name'], outcome: Check['outcome'], evidence: string): Check => ({ name, outcome, evidence })
const verification: Verification = {
  verdict: 'QUARANTINED',
  checks: [
    check('hash', 'fail', 'SHA-512 differs in rhsa-2023_3408.json'),
    check('signature', 'pass', 'by f930'),
    check('corroboration', 'unavailable', 'no second origin'),
  ],
  reason: 'HELD: the file does not match its published hash',
  checkedAt: T0,
}

describe('evidence', () => {
  test('check by check, with what was seen; what could not be checked is not a pass', () => {
    const words = wordsOf(evidenceCard('RHSA-2023:3408', { ...verification, signedBy: "Patchcrier sample key, not the vendor's" }))
    expect(words).toMatch(/^QUARANTINED\nEvidence: RHSA-2023:3408/)
    expect(words).toContain('✗ hash fail: SHA-512 differs in rhsa-2023_3408.json')
    expect(words).toContain('✓ signature pass: by f930')
    expect(words).toContain('? corroboration unavailable: no second origin')
    expect(words).toContain("Signed by: Patchcrier sample key, not the vendor's")
    expect(words).toContain(`Checked ${T0}`)
    expectShowable(evidenceCard('RHSA-2023:3408', verification))
  })

  test('hashes and fingerprints are whole on every platform, however many checks there are', () => {
    const [published, found] = ['0123abcd'.repeat(16), 'ef456789'.repeat(16)]
    const differs = `SHA-512 differs in ${'x'.repeat(200)}.json: published ${published}, found ${found}.`
    const long = check('schema', 'pass', 'It is one. '.repeat(200))
    const checks = [check('hash', 'fail', differs), long, check('namespace', 'fail', `Key ${'9'.repeat(40)}.`)]
    const card = evidenceCard('RHSA-2023:3408', { ...verification, checks })
    const teams = JSON.stringify(teamsCard(card, NOBODY, () => ''))
    for (const drawn of [JSON.stringify(renderCard(card)), teams])
      for (const whole of [published, found, '9'.repeat(40)]) expect(drawn).toContain(whole)
  })
})

describe('affected hosts', () => {
  test('each with its packages, from and to, and what matters about it', () => {
    const two = aHost('web-01').packages
    const card = affectedCard(
      'openssl',
      [
        aHost('web-01', { packages: [...two, ...two.map((p) => ({ ...p, name: 'openssl-libs' }))], missionCritical: true, stale: true }),
        aHost('van-01', {
          unmanaged: true,
          remote: true,
          foreign: true,
          ownership: 'contractor',
          rebootPending: true,
          environment: 'test',
          patchTeam: true,
        }),
      ],
      'change:12',
      { number: 1, size: 20, total: 3 },
    )
    const words = wordsOf(card)
    expect(card.title).toBe('2 affected hosts: openssl')
    expect(words).toContain(
      'web-01 | web servers | openssl | 1:1.1.1k-7.el8_6 | 1:1.1.1k-9.el8_6 | mission critical, not seen since 2026-11-23',
    )
    expect(words).toContain(' |  | openssl-libs | 1:1.1.1k-7.el8_6 | 1:1.1.1k-9.el8_6 |')
    expect(words).toMatch(/van-01 .* unmanaged, remote, contractor, reboot pending, test, patch team$/m)
    expectShowable(card)
  })
})

describe('a held bulletin', () => {
  const held = {
    releasable: false,
    rowId: 7,
    fileName: 'rhsa-2023_3408.json',
    source: 'Sample CSAF folder',
    vendorId: 'RHSA-2023:3408',
    verification,
  }
  test('says why, which check failed, and that nobody heard of it', () => {
    const card = heldCard(held)
    const words = wordsOf(card)
    expect(words).toMatch(/the file does not match its published hash/i)
    expect(words).toContain('rhsa-2023_3408.json')
    expect(words).toContain('hash: SHA-512 differs in rhsa-2023_3408.json')
    expect(words).toContain('Nothing was announced, and nobody can classify it.')
    expect([card.tone, labelsOf(card), card.actions[0]?.id]).toEqual(['danger', ['Evidence', 'Discard'], 'bulletin:7'])
    expectShowable(card)
  })
  test('genuine but malformed: security may release it, with a reason', () => {
    const card = heldCard({ ...held, releasable: true })
    expect(labelsOf(card)).toEqual(['Evidence', 'Release', 'Discard'])
    expectShowable(card)
  })
  test('contradicted when a change rested on it already: which, and that security releases or rejects it', () => {
    const card = heldCard({ ...held, releasable: true, change: { id: 12, own: true, over: false } })
    expect(wordsOf(card)).toContain('Change 12 has it. As long as it rests on it, nothing can be decided there')
    expect(labelsOf(card)).toEqual(['Evidence', 'Release', 'Reject'])
    expectShowable(card)
  })
  test('a copy of what a change rests on: which change waits for the decision, and what each answer means', () => {
    const card = heldCard({ ...held, change: { id: 12, own: false, over: false } })
    expect(wordsOf(card)).toContain('Change 12 is about the bulletin that it says it is. Until you decide nothing goes on there.')
    expect(labelsOf(card)).toEqual(['Evidence', 'Discard'])
    expectShowable(card)
  })
  test('of a change that is over: what a copy is can still be said, and a bulletin of it needs nothing any more', () => {
    expect(labelsOf(heldCard({ ...held, change: { id: 12, own: false, over: true } }))).toEqual(['Evidence', 'Discard'])
    expect(labelsOf(heldCard({ ...held, change: { id: 12, own: true, over: true } }))).toEqual(['Evidence'])
  })
  test.each([
    ['released', { released: { by: 'Dana Kowalska', reason: 'asked them' } }, 'Released by Dana Kowalska: asked them'],
    [
      'rejected',
      { change: { id: 12, own: true, over: false }, discarded: { by: 'Dana Kowalska', reason: 'forged' } },
      'Rejected by Dana Kowalska: forged',
    ],
  ])('%s: by whom and why, and no button for it', (_, own, words) => {
    const card = heldCard({ ...held, releasable: true, ...own })
    expect(wordsOf(card)).toContain(words)
    expect(labelsOf(card)).toEqual(['Evidence'])
  })
  test('discarded: by whom and why, and no button for it', () => {
    const card = heldCard({ ...held, discarded: { by: 'Dana Kowalska', reason: 'forged' } })
    expect(wordsOf(card)).toContain('Discarded by Dana Kowalska: forged')
    expect(labelsOf(card)).toEqual(['Evidence'])
    expectShowable(card)
  })
})

describe('the first poll of a source', () => {
  const line = (vendorId: string, hosts: number, changeId: number | null = null) => ({
    rowId: 1,
    vendorId,
    revision: '1',
    title: `${vendorId} update`,
    verdict: 'AUTHENTIC',
    hosts,
    changeId,
  })
  test('is one card; what still matches can be opened, once', () => {
    const card = historyCard('Sample CSAF folder', [line('RHSA-1', 2), line('RHSA-2', 0), line('RHSA-3', 1, 5)], [])
    expect(card.title).toBe('Sample CSAF folder is connected')
    expect(labelsOf(card)).toEqual(['Open RHSA-1'])
    expect(wordsOf(card)).toMatch(/RHSA-1 \| 1 \| RHSA-1 update \| AUTHENTIC \| 2 hosts/)
    expect(wordsOf(card)).toMatch(/RHSA-2 .* no match/)
    expectShowable(card)
  })
  test('what came later and matched nothing stands there too', () => {
    expect(wordsOf(historyCard('x', [line('RHSA-1', 2)], [line('VA-1', 0)]))).toMatch(/VA-1 .* no match/)
  })
  test('what it leaves out of either list is counted, with the way to it', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => line(`VA-${i}`, 0))
    expect(wordsOf(historyCard('x', many(18), []))).toContain('And 3 more: type "bulletins".')
    expect(wordsOf(historyCard('x', [], many(20)))).toContain('And 5 more: type "bulletins".')
    expect(wordsOf(historyCard('x', many(15), many(15)))).not.toContain('more: type')
  })

  test('an empty source can be shown', () => expectShowable(historyCard('x', [], [])))
})

describe('words that all cards share', () => {
  test.each([
    [0, '0 hosts'],
    [1, '1 host'],
    [2, '2 hosts'],
  ])('%i: %s', (n, words) => expect(count(n, 'host')).toBe(words))
  test.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('%j: %s', (words, text) => expect(listed(words)).toBe(text))
  test.each([
    [['a', 'b'], 2, 'a, b'],
    [['a', 'b', 'c'], 2, 'a, b (+1 more)'],
  ])('%j, %i shown: %s', (words, most, text) => expect(shortened(words, most)).toBe(text))
  test('longer texts are set apart by semicolons', () => expect(joined([['a'], ['b', 'c']])).toEqual(['a', '; ', 'b', 'c']))
  test('a person by name, or by what we have', () =>
    expect([nameOf(policy, 'emil'), nameOf(policy, 'patchcrier')]).toEqual(['Emil Sørensen', 'patchcrier']))
  test('a capital at the beginning', () => expect([capital('high'), capital('')]).toEqual(['High', '']))
  test('the publisher’s standing words are left away', () =>
    expect([shortTitle('Red Hat Security Advisory: openssl security update'), shortTitle('A title')]).toEqual([
      'openssl security update',
      'A title',
    ]))
  test('a change is called by the shortest of its packages', () => {
    const packages = (...names: readonly string[]) => names.map((name) => ({ ...aHost('x').packages[0], name })) as never
    expect(
      subjectOf(
        opened({}, [aHost('a', { packages: packages('openssl-libs', 'openssl') }), aHost('b', { packages: packages('openssl-devel') })]),
      ),
    ).toBe('openssl')
    expect(subjectOf(opened({}, [aHost('a', { packages: packages('kernel-b', 'kernel-a') })]))).toBe('kernel-a')
    expect(subjectOf(opened({}, []))).toBe('openssl security update')
  })
  test('no clocks before the classification', () => expect(clockFacts(opened())).toEqual([]))
  test('a rehearsal is one from the plan on', () =>
    expect([isRehearsal(rehearsedAt('planning')), isRehearsal(rehearsedAt('deciding')), isRehearsal(stateAt('deciding'))]).toEqual([
      false,
      true,
      false,
    ]))
})

import { describe, expect, test } from 'vitest'
import { type Publisher, type Signer, signerCheck } from '../../src/core/identify/signer.ts'

const of = (name: string, namespace: string, packageKeys: readonly string[] = []): Publisher => ({ name, namespace, packageKeys })
const MICROSOFT = of('Microsoft Security Response Center', 'https://msrc.microsoft.com')
const CISCO = of('Cisco PSIRT', 'https://www.cisco.com/psirt')
const ACME = of('Acme GmbH', 'https://acme.example')
const CISA = of('CISA', 'https://www.cisa.gov')
const KEY = `${'0'.repeat(24)}199e2f91fd431d51`
const REDHAT = of('Red Hat Product Security', 'https://www.redhat.com', [KEY])

const by = (name: string): Signer => ({ kind: 'organisation', name })
const key = (id: string): Signer => ({ kind: 'key', id })
const outcome = (signer: Signer, publishers: readonly Publisher[], proved = false) => signerCheck(signer, publishers, proved).outcome

describe('an organisation', () => {
  test.each([
    ['Microsoft Corporation', MICROSOFT, 'pass'],
    ['MICROSOFT CORP.', MICROSOFT, 'pass'],
    ['Cisco Systems, Inc.', CISCO, 'pass'],
    ['Red Hat, Inc.', REDHAT, 'pass'],
    ['Acme GmbH', ACME, 'pass'],
    ['Acme Ltd.', ACME, 'pass'],
    // Nobody knows all names that a vendor signs with; whoever calls himself like it is not called right for that.
    ['Microsoft Support Ltd', MICROSOFT, 'unavailable'],
    ['Cisco Umbrella LLC', CISCO, 'unavailable'],
    ['Windows Update LLC', MICROSOFT, 'unavailable'],
    // Of a publisher that is not known as a vendor, another name may be its mother's.
    ['Umbrella Holding AG', ACME, 'unavailable'],
    ['Microsoft Corporation', CISA, 'unavailable'],
    ['Evil Ltd', MICROSOFT, 'fail'],
    ['Micros0ft Corporation', MICROSOFT, 'fail'],
    ['Micr\u043esoft Corporation', MICROSOFT, 'fail'],
    ['Microsoft Corporation', CISCO, 'fail'],
    ['', MICROSOFT, 'fail'],
    ['', of('', ''), 'unavailable'],
    ['Ltd.', of('GmbH', 'https://acme.example'), 'unavailable'],
  ] as const)('%s for %j: %s', (name, publisher, expected) => expect(outcome(by(name), [publisher])).toBe(expected))

  test('a wrong one is named, and so is whose bulletin it is', () => {
    expect(signerCheck(by('Evil Ltd'), [MICROSOFT], false).evidence).toBe(
      'WRONG SIGNER: signed by Evil Ltd, and the bulletin is of Microsoft.',
    )
    expect(signerCheck(by('Microsoft Corporation'), [MICROSOFT], false).evidence).toBe(
      'Signed by Microsoft Corporation, the vendor of the bulletin.',
    )
  })

  test('is said, and stops nothing, where the file is the very one that the bulletin names', () => {
    const check = signerCheck(by('Evil Ltd'), [MICROSOFT], true)
    expect(check.outcome).toBe('unavailable')
    expect(check.evidence).toContain('WRONG SIGNER')
  })

  test('of a change with several bulletins is right when it is right for one', () => {
    expect(outcome(by('Cisco Systems, Inc.'), [MICROSOFT, CISCO])).toBe('pass')
    expect(outcome(by('Evil Ltd'), [MICROSOFT, CISCO])).toBe('fail')
    expect(outcome(by('Evil Ltd'), [])).toBe('unavailable')
  })
})

describe('a key', () => {
  const V6 = `199e2f91fd431d51${'0'.repeat(48)}`
  test.each([
    [KEY, REDHAT, 'pass'],
    [V6, { ...REDHAT, packageKeys: [V6] }, 'pass'],
    [KEY, { ...REDHAT, packageKeys: [V6] }, 'fail'],
    // Anybody can make a key with the same last digits.
    ['fd431d51', REDHAT, 'unavailable'],
    ['199e2f91fd431d51', REDHAT, 'unavailable'],
    ['199e2f91fd431d51', { ...REDHAT, packageKeys: [V6] }, 'unavailable'],
    ['199e2f91fd431d52', REDHAT, 'fail'],
    ['0'.repeat(16), REDHAT, 'fail'],
    ['199e2f91fd431d51', { ...REDHAT, packageKeys: [] }, 'unavailable'],
  ] as const)('%s for %j: %s', (id, publisher, expected) => expect(outcome(key(id), [publisher])).toBe(expected))
})

import { readdirSync } from 'node:fs'
import { readKey } from 'openpgp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecker } from '../../adapters/sources/csaf/check.ts'
import type { KnownRevision } from '../../src/core/identify/history.ts'
import { type Judgement, judge } from '../../src/core/identify/judge.ts'
import { SAMPLE_NOW, sampleFile, sampleIndex, sampleKey, sampleRaw, sampleRule } from '../support/csaf.ts'

interface Arrived extends Judgement {
  readonly known: KnownRevision | null
}

const checker = createChecker()
const results = new Map<string, Arrived>()

/** The whole sample in its order, each document against what came before. */
beforeAll(async () => {
  const known: KnownRevision[] = []
  for (const path of [...sampleIndex.history, ...sampleIndex.arrivals.map((arrival) => arrival.file)]) {
    const checked = await checker.checkDocument(sampleRaw(path), sampleRule, sampleKey, SAMPLE_NOW)
    const judged = judge({ checked, known, now: SAMPLE_NOW.toISOString() })
    const { bulletin, digest } = checked
    const revision = bulletin && {
      vendorId: bulletin.vendorId,
      revision: bulletin.revision,
      updatedAt: bulletin.updatedAt,
      digest,
      verdict: judged.verification.verdict,
      bulletin,
    }
    if (revision !== null) known.push(revision)
    results.set(path, { ...judged, known: revision })
  }
})
afterAll(() => checker.close())

const arrived = (number: number): Arrived => {
  const result = results.get(sampleIndex.arrivals[number - 1]?.file ?? '')
  if (result === undefined) throw new Error(`no arrival ${number}`)
  return result
}

test('the history is AUTHENTIC and new', () => {
  const history = sampleIndex.history.map((path) => results.get(path))
  expect(history.map((one) => [one?.verification.verdict, one?.kind])).toEqual(sampleIndex.history.map(() => ['AUTHENTIC', 'new']))
})

describe('arrivals', () => {
  test.each([
    { number: 1, id: 'RHSA-2023:3408', verdict: 'AUTHENTIC', kind: 'new' },
    { number: 2, id: 'RHSA-2023:4378', verdict: 'UNCONFIRMED', kind: 'new' },
    { number: 3, id: 'RHSA-2023:5835', verdict: 'AUTHENTIC', kind: 'new' },
    { number: 4, id: 'VA-24-254-01', verdict: 'AUTHENTIC', kind: 'new' },
    { number: 5, id: 'VA-24-201-01', verdict: 'AUTHENTIC', kind: 'revised' },
    { number: 6, id: undefined, verdict: 'QUARANTINED', kind: 'new' },
    { number: 7, id: 'SAMPLE-2022:0001', verdict: 'AUTHENTIC', kind: 'new' },
  ])('$number: $id $verdict', ({ number, id, verdict, kind }) => {
    const result = arrived(number)
    expect({ id: result.known?.vendorId, verdict: result.verification.verdict, kind: result.kind }).toEqual({ id, verdict, kind })
  })

  test('the unsigned one says why, the tampered one that its hash differs', () => {
    expect(arrived(2).verification.reason).toBe('Looks official, nothing more (signature missing)')
    expect(arrived(6).verification.reason).toBe('HELD: the file does not match its published hash')
    expect(arrived(6).verification.checks[0]?.evidence).toMatch(
      /^SHA-512 differs in rhsa-2023_3408\.json: published [0-9a-f]{128}, found [0-9a-f]{128}\.$/,
    )
  })
  test('the tampered one comes under the name of the genuine one, with its sidecars', () => {
    const [genuine, forged] = [sampleRaw(sampleIndex.arrivals[0]?.file ?? ''), sampleRaw(sampleIndex.arrivals[5]?.file ?? '')]
    expect({ ...forged, bytes: null }).toEqual({ ...genuine, bytes: null })
  })
  test('the revision is compared with the one in the history', () => {
    expect(arrived(5).previous?.revision).toBe('1.0.0')
  })
  test('the derived one says what it is, and fixes an older build of the same stream', () => {
    const bulletin = arrived(7).known?.bulletin
    expect(bulletin?.title).toContain('(derived sample)')
    expect(bulletin?.sections.summary.impact).toContain('Derived by Patchcrier from RHSA-2023:3408 for a test; not a Red Hat advisory')
    expect(bulletin?.publisher).toEqual({ name: 'Patchcrier sample', namespace: 'https://sample.patchcrier.invalid', category: 'other' })
    expect(bulletin?.fixed.find((build) => build.name === 'openssl' && build.arch === 'x86_64')).toMatchObject({
      stream: 'BaseOS-8.6.0.Z.EUS',
      evr: { epoch: 1, version: '1.1.1k', release: '7.el8_6' },
    })
  })
  test('they come in order, the first at once', () => {
    const minutes = sampleIndex.arrivals.map((arrival) => arrival.afterMinutes)
    expect(minutes).toEqual(minutes.toSorted((a, b) => a - b))
    expect(minutes[0]).toBe(0)
  })
})

describe('the sample key', () => {
  test('is public, does not expire and says whose it is not', async () => {
    const key = await readKey({ armoredKey: sampleKey })
    expect(key.isPrivate()).toBe(false)
    expect(await key.getExpirationTime()).toBe(Number.POSITIVE_INFINITY)
    expect(key.getUserIDs()).toEqual(["Patchcrier sample key, not the vendor's"])
    expect(key.getFingerprint()).toBe(sampleIndex.keyFingerprint)
  })
  test('its private half is nowhere in the sample', () => {
    const files = readdirSync(new URL('../../manifests/sample/csaf/', import.meta.url), { recursive: true, withFileTypes: true })
    const texts = files.filter((file) => file.isFile()).map((file) => sampleFile(`${file.parentPath}/${file.name}`).toString('latin1'))
    expect(texts.length).toBeGreaterThan(30)
    expect(texts.filter((text) => text.includes('PRIVATE KEY BLOCK'))).toEqual([])
  })
})

import { createHash } from 'node:crypto'
import * as openpgp from 'openpgp'
import { createChecker } from '../../adapters/sources/csaf/index.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import { bytesOf, type Case, counted, filesIn, type Result, textOf, tried } from './suite.ts'

const FOLDER = ['02-csaf', 'cisa', 'csaf_files'] as const
const NOW = new Date('2026-11-25T12:00:00Z')

/** Nothing of it is known: what compares with what came before does not apply. */
const FIRST_SIGHT = (['rollback', 'contradiction'] as const).map((name) => ({ name, outcome: 'not applicable', evidence: '' }) as const)

const sign = async (bytes: Uint8Array, signingKeys: openpgp.PrivateKey): Promise<string> => {
  const message = await openpgp.createMessage({ binary: bytes })
  return `${await openpgp.sign({ message, signingKeys, detached: true, date: NOW })}`
}

/** All documents of CISA: hash and schema good; signed anew with a key of ours (theirs is not at hand) they are AUTHENTIC. */
export async function cisa(): Promise<Result> {
  const { privateKey, publicKey } = await openpgp.generateKey({
    userIDs: [{ name: 'A test key' }],
    format: 'object',
    date: new Date('2026-01-01T00:00:00Z'),
  })
  const namespaces = ['www.cisa.gov', 'www.us-cert.cisa.gov', 'cisa.gov']
  const rule = { id: 'cisa', keyFingerprint: publicKey.getFingerprint(), keyOwner: 'a test key', namespaces }
  const checker = createChecker()
  const cases: Case[] = []
  try {
    for (const name of filesIn(...FOLDER).filter((one) => /\d{4}\/[^/]+\.json$/.test(one)))
      cases.push(
        await tried(name, async () => {
          const bytes = bytesOf(...FOLDER, name)
          const raw = {
            fileName: name.split('/').at(-1) ?? name,
            bytes,
            sha512: textOf(...FOLDER, `${name}.sha512`).trim(),
            signature: await sign(bytes, privateKey),
          }
          const { checks } = await checker.checkDocument(raw, rule, publicKey.armor(), NOW)
          const verdict = verdictOf([...checks, ...FIRST_SIGHT])
          const bad = checks.find(({ outcome }) => outcome !== 'pass')
          const listed = createHash('sha512').update(bytes).digest('hex') === raw.sha512.slice(0, 128).toLowerCase()
          return (verdict === 'AUTHENTIC' && listed) || `${verdict}: ${bad?.name} ${bad?.evidence ?? 'hash'}`
        }),
      )
  } finally {
    await checker.close()
  }
  return counted(cases)
}

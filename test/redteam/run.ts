// The red team's corpus: forgeries made from genuine documents, mails and links. Nothing forged may be believed, and hardly anything genuine doubted.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createChecker } from '../../adapters/sources/csaf/index.ts'
import { dataFolder } from '../conformance/suite.ts'
import { fixtureFile, newSigner, SAMPLE_NOW, sampleFile } from '../support/csaf.ts'
import { believed, type Outcome, runCases } from './case.ts'
import { documentCases, type Material, type Original } from './documents.ts'
import { sentCases } from './sent.ts'

/** CISA's 142 advisories, where they are at hand; public domain. */
const CISA = join(dataFolder() ?? '', '02-csaf', 'cisa')

const SMALL = ['arrivals/03-known-exploited/rhsa-2023_5835.json', 'history/va-24-201-01.json', 'arrivals/04-webmethods/va-24-254-01.json']
const MORE = ['history/rhsa-2021_3029.json', 'history/rhsa-2023_7207.json', 'arrivals/01-openssl/rhsa-2023_3408.json']

const sample = (path: string): Original => ({ fileName: path.split('/').at(-1) ?? path, bytes: sampleFile(path) })

export interface RedTeam {
  readonly outcomes: readonly Outcome[]
  /** Forgeries that were called AUTHENTIC or CORROBORATED. */
  readonly believed: readonly string[]
  /** Share of the untouched originals that were called CORROBORATED or better, 0 to 1. */
  readonly recognised: number
}

/** Three documents with every attack, and all mails, links, words and files: what `npm test` runs. */
export const quickTeam = (): Promise<RedTeam> => team(SMALL.map(sample), [])

/** Every document that may ship with every attack, and CISA's as they are. */
export async function wholeTeam(): Promise<RedTeam> {
  const own = [...SMALL, ...MORE].map(sample)
  const fixtures = ['rhsa-2023_7207.2025-09-26.json'].map(
    (path): Original => ({ fileName: 'rhsa-2023_7207.json', bytes: fixtureFile(path) }),
  )
  return team([...own, ...fixtures], cisa())
}

const cisa = (): readonly Original[] =>
  existsSync(CISA)
    ? readdirSync(CISA, { recursive: true, encoding: 'utf8' })
        .filter((path) => /\/(?:icsa|icsma|va)-[^/]*\.json$/.test(`/${path}`))
        .map((path) => ({ fileName: path.split('/').at(-1) ?? path, bytes: readFileSync(`${CISA}/${path}`) }))
    : []

async function team(attacked: readonly Original[], untouched: readonly Original[]): Promise<RedTeam> {
  const checker = createChecker()
  try {
    const [publisher, stranger, expired] = await Promise.all([newSigner(), newSigner(), newSigner({ expiresInSeconds: 30 * 86_400 })])
    const material: Material = { checker, now: SAMPLE_NOW, publisher, stranger, expired }
    const plain = documentCases(untouched, material).filter(({ genuine }) => genuine)
    const outcomes = await runCases([...documentCases(attacked, material), ...plain, ...sentCases()])
    const genuine = outcomes.filter((one) => one.genuine)
    return {
      outcomes,
      believed: outcomes.filter(({ genuine, verdict }) => !genuine && believed(verdict)).map(({ name, verdict }) => `${name}: ${verdict}`),
      recognised: genuine.filter(({ good }) => good).length / genuine.length,
    }
  } finally {
    await checker.close()
  }
}

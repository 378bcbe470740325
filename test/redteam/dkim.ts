// The signed mails of dkim_verifier (MIT) with their DNS records and the results that mailauth is known to give for them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMailReader, storedResolver } from '../../adapters/mail/index.ts'
import { type Case, counted, dataFolder, type Result, tried } from '../conformance/suite.ts'

const FOLDER = join(dataFolder() ?? '', '07-mail', 'dkim', 'dkim_verifier/')
/** After every signature in them was made; two have expired since. */
const NOW = new Date('2026-11-25T12:00:00Z')

/** Is the suite at hand? It is larger than what ships. */
export const hasDkimSuite = existsSync(`${FOLDER}expected-mailauth.json`)

const table = (name: string): Record<string, string> => JSON.parse(readFileSync(`${FOLDER}${name}`, 'utf8')) as Record<string, string>

/** The mails whose signatures come out as they must, and what came out instead of the others. */
export async function dkimSuite(): Promise<Result> {
  const dns = Object.entries(table('dns-txt.json')).map(([name, record]) => ({ name, type: 'TXT', answer: [[record]] }))
  const reader = createMailReader({ resolver: storedResolver(dns) })
  const cases: Case[] = []
  for (const [name, wanted] of Object.entries(table('expected-mailauth.json')))
    cases.push(
      await tried(name, async () => {
        const reading = await reader.read(readFileSync(`${FOLDER}${name}`), NOW)
        const signatures = reading.ok ? reading.mail.dkim : []
        const found = signatures
          .map(({ domain, result, comment }) => `${domain}:${result}${comment === '' ? '' : `(${comment})`}`)
          .join(' ')
        return (found || 'undefined:none(message not signed)') === wanted || `${found}, expected ${wanted}`
      }),
    )
  return counted(cases)
}

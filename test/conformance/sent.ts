import { dkimSuite } from '../redteam/dkim.ts'
import { wholeTeam } from '../redteam/run.ts'
import type { Result } from './suite.ts'

/** The signed mails of dkim_verifier, with their stored DNS records. */
export async function dkim(): Promise<Result> {
  const { passed, wrong } = await dkimSuite()
  return { passed, failed: wrong }
}

/** The whole red-team corpus: no forgery is believed, and what nobody touched is. */
export async function redteam(): Promise<Result> {
  const { outcomes } = await wholeTeam()
  const wrong = outcomes.filter(({ good }) => !good)
  return { passed: outcomes.length - wrong.length, failed: wrong.map(({ name, verdict }) => `${name}: ${verdict}`) }
}

import { type RedTeam, wholeTeam } from '../redteam/run.ts'
import type { Result } from './suite.ts'

let team: Promise<RedTeam> | undefined
/** Two suites look at one run. */
const once = (): Promise<RedTeam> => {
  team ??= wholeTeam()
  return team
}

async function part(isGenuine: boolean): Promise<Result & { readonly team: RedTeam }> {
  const all = await once()
  const outcomes = all.outcomes.filter(({ genuine }) => genuine === isGenuine)
  const wrong = outcomes.filter(({ good }) => !good)
  return {
    team: all,
    passed: outcomes.length - wrong.length,
    failed: wrong.map(({ name, verdict, threw }) => `${name}: ${verdict ?? `it threw ${threw}`}`),
  }
}

/** The red team's forgeries: none is believed, and each gets the verdict that it must. */
export async function forgeries(): Promise<Result> {
  const { team, ...result } = await part(false)
  return { ...result, notes: [`${team.believed.length} forgeries were called AUTHENTIC or CORROBORATED`] }
}

/** The red team's untouched originals: documents, mails, links. */
export async function originals(): Promise<Result> {
  const { team, ...result } = await part(true)
  return { ...result, notes: [`${(100 * team.recognised).toFixed(1)} % of what nobody touched was called CORROBORATED or better`] }
}

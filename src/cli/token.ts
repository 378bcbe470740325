import { SAMPLE_FOLDER, samplePolicy } from '../app/sample.ts'
import { readTokens } from '../app/tokens.ts'
import { readPolicyFile } from '../boot/policy-file.ts'
import { policyFileOf, readDataFolder } from '../config.ts'
import { type Given, say } from './command.ts'

/** Makes the tokens that are not there yet, as a start would. */
export async function token(_given: Given): Promise<number> {
  const file = policyFileOf()
  const { policy } = file === null ? await samplePolicy(SAMPLE_FOLDER) : await readPolicyFile(file)
  const { reports, people } = await readTokens(
    readDataFolder(),
    policy.people.map(({ id }) => id),
  )
  return say(`reports ${reports}\n${people.map((one) => `${one.person} ${one.token}\n`).join('')}`)
}

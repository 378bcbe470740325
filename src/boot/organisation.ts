import { dirname, resolve } from 'node:path'
import type { House } from '../app/house.ts'
import { beginOrganisation, ORGANISATION_DATABASE } from '../app/organisation.ts'
import { settleMembers } from '../app/people/settle.ts'
import { drawAnew } from '../app/policy/in-force.ts'
import { takePolicyFile } from '../app/policy/propose.ts'
import { readInForce } from '../app/policy/versions.ts'
import type { Config } from '../config.ts'
import { policyFileDoor, readPolicyFile } from './policy-file.ts'
import type { Parts, Setup, Undo } from './setup.ts'
import { sourceMaker } from './sources.ts'

/** An organisation of one's own: its policy file, its sources, the machine's clock. Throws Fault POLICY_INVALID. */
export async function organisationSetup(
  file: string,
  parts: Parts,
  undo: Undo,
  { mailboxes = {}, proxy = null }: Pick<Config, 'mailboxes' | 'proxy'>,
): Promise<Setup> {
  const proposal = await readPolicyFile(file)
  const clock = parts.clock ?? { now: () => new Date() }
  return {
    sample: false,
    database: ORGANISATION_DATABASE,
    // Before the first start nobody can have approved any: the file's own is in force, and says so.
    inForce: async (db) => (await readInForce(db)) ?? { policy: proposal.policy, hash: proposal.hash, approved: false },
    policyFile: policyFileDoor(file),
    clock: async () => clock,
    sources: sourceMaker({ folder: dirname(resolve(file)), clock, mailboxes, ...(proxy === null ? {} : { proxy }) }, undo),
    begin,
    arrive: () => async () => undefined,
    moveClock: () => null,
  }
}

/** The file may have changed while the bot was down. */
async function begin(house: House): Promise<void> {
  await takePolicyFile(house)
  await settleMembers(house, 'seen at a start')
  await drawAnew(house)
  await beginOrganisation(house)
}

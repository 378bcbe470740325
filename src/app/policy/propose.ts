import { badFileCard } from '../../cards/policy.ts'
import { canonicalJson, sha256Hex } from '../../core/canonical.ts'
import type { Tx } from '../../db/database.ts'
import { json } from '../change/rows.ts'
import { show } from '../chat/show.ts'
import { type FilePolicy, type House, transact, type Unit } from '../house.ts'
import { adoptInForce } from './in-force.ts'
import { lockVersions, policySubject, readVersions, type Version } from './versions.ts'

/** What came of looking at the file. */
export type Taken =
  | { readonly what: 'unchanged' | 'same as in force' | 'no file' }
  | { readonly what: 'bad'; readonly problems: string }
  | { readonly what: 'proposed' | 'in force, not approved'; readonly id: number }

/** Which state of the file was looked at last. */
const SEEN = 'policy:file-seen'

/**
 * Looks at the policy file, and where it has changed makes a proposal of it. The first version is in force at once, without its
 * buy-off; so is a changed one as long as nobody has bought off any. A bad file is said once in the admin place, and the version in
 * force stays. Doing it twice is harmless.
 */
export async function takePolicyFile(house: House): Promise<Taken> {
  if (house.policyFile === null) return { what: 'no file' }
  const { name } = house.policyFile
  const { seen, ruled } = await house.policyFile.read()
  const taken = await transact(house, async (unit): Promise<Taken> => {
    await lockVersions(unit.tx)
    if (!(await isNews(unit.tx, seen))) return { what: 'unchanged' }
    return ruled.ok ? propose(unit, ruled.value) : bad(unit, name, ruled.refusal.text, seen)
  })
  if (taken.what === 'in force, not approved') await adoptInForce(house)
  return taken
}

/** Notes down what was seen; false when it was seen before. */
async function isNews(tx: Tx, seen: string): Promise<boolean> {
  const before = await tx.setting.findUnique({ where: { key: SEEN } })
  if (before?.value === seen) return false
  await tx.setting.upsert({ where: { key: SEEN }, create: { key: SEEN, value: seen }, update: { value: seen } })
  return true
}

async function bad(unit: Unit, file: string, problems: string, seen: string): Promise<Taken> {
  await show(unit, 'admin', `policy-file:${seen.slice(0, 16)}`, `bad:${unit.now.toISOString()}`, {
    frozen: badFileCard(file, problems, unit.house.inForce.hash),
  })
  unit.audit({ actor: 'patchcrier', action: 'policy-file-bad', subject: 'policy:file', detail: { problems: problems.slice(0, 4_000) } })
  return { what: 'bad', problems }
}

async function propose(unit: Unit, file: FilePolicy): Promise<Taken> {
  const versions = await readVersions(unit.tx, 50)
  const inForce = versions.find(({ status }) => status === 'in force')
  await endProposals(unit, versions)
  // A later program may fill in more than the one that wrote the version down: what they say is compared, not their hashes.
  if (inForce && sha256Hex(canonicalJson(inForce.policy)) === file.hash) return { what: 'same as in force' }
  const first = inForce === undefined || inForce.approvedAt === null
  if (first && inForce) await end(unit, inForce)
  const { id } = await unit.tx.policyVersion.create({
    data: {
      hash: file.hash,
      body: json(file.policy),
      status: first ? 'in force' : 'proposed',
      proposedAt: unit.now,
      approvals: [],
      inForceAt: first ? unit.now : null,
    },
  })
  for (const audience of ['management', 'admin'] as const) await show(unit, audience, policySubject(id), 'version')
  unit.audit({
    actor: 'patchcrier',
    action: first ? 'first-policy' : 'propose-policy',
    subject: policySubject(id),
    detail: { hash: file.hash, inForce: inForce?.hash ?? null },
  })
  return { what: first ? 'in force, not approved' : 'proposed', id }
}

/** The file says something else now: what it said before is no longer proposed. */
async function endProposals(unit: Unit, versions: readonly Version[]): Promise<void> {
  for (const version of versions.filter(({ status }) => status === 'proposed')) await end(unit, version)
}

async function end(unit: Unit, { id }: Version): Promise<void> {
  await unit.tx.policyVersion.update({ where: { id }, data: { status: 'superseded', endedAt: unit.now } })
  for (const audience of ['management', 'admin'] as const) await show(unit, audience, policySubject(id), 'version')
}

/** The sample's policy is in force, bought off by its managers, before anybody comes. */
export async function writeBoughtOff(unit: Unit, managers: readonly string[]): Promise<void> {
  const { policy, hash } = unit.house.inForce
  const at = unit.now.toISOString()
  await unit.tx.policyVersion.create({
    data: {
      hash,
      body: json(policy),
      status: 'in force',
      proposedAt: unit.now,
      approvals: managers.map((person) => ({ person, at })),
      approvedAt: unit.now,
      inForceAt: unit.now,
    },
  })
}

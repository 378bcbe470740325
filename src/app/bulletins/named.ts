import { z } from 'zod'
import { buildsFromPerson, namedProducts } from '../../core/assess/named.ts'
import { bulletinsOf } from '../../core/change/bulletins.ts'
import type { Bulletin, FixedBuild } from '../../core/identify/bulletin.ts'
import { storyOf } from '../../core/identify/story.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import { type Database, Prisma, type Tx } from '../../db/database.ts'
import type { Outcome } from '../../ports.ts'
import { changeSubject, json, lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { readAssetsWith } from '../inventory/read.ts'
import { factsOf, hostsAfterRevision, matchedHosts } from './open-change.ts'

/** A product of the inventory that a notice names without saying which versions are affected. */
export interface NamedProduct {
  readonly product: string
  readonly hosts: number
}

/** A notice that says which products, and nothing of versions. */
const saysNoVersions = ({ fixed, unfixed, names }: Bulletin): boolean => fixed.length === 0 && unfixed.length === 0 && names.length > 0

/** What the inventory has of the products that such a notice names; nothing for any other bulletin. */
export async function namedHere(tx: Database | Tx, bulletin: Bulletin): Promise<readonly NamedProduct[]> {
  if (!saysNoVersions(bulletin)) return []
  const products = await tx.install.findMany({ distinct: ['name'], select: { name: true } })
  const named = namedProducts(
    bulletin.names,
    products.map(({ name }) => name),
  )
  if (named.length === 0) return []
  return tx.$queryRaw<NamedProduct[]>`
    SELECT "name" AS product, count(DISTINCT "host")::int AS hosts FROM "Install" WHERE "name" = ANY(${[...named]}) GROUP BY "name" ORDER BY 2 DESC, 1`
}

/** What a person said of the revision before holds for the next one, as long as its publisher says nothing of versions. */
export async function saidBefore(unit: Unit, rowId: number, bulletin: Bulletin): Promise<Bulletin> {
  if (!saysNoVersions(bulletin)) return bulletin
  const before = await unit.tx.bulletin.findFirst({
    where: { source: bulletin.source, vendorId: bulletin.vendorId, said: { not: Prisma.DbNull }, id: { not: rowId } },
    orderBy: { id: 'desc' },
  })
  const builds = (before?.said as { builds?: readonly FixedBuild[] } | null | undefined)?.builds
  if (!before || !builds) return bulletin
  const said = { ...bulletin, fixed: builds }
  await unit.tx.bulletin.update({ where: { id: rowId }, data: { document: json(said), said: json(before.said) } })
  return said
}

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

const inputs = z.object({
  product: z.string().trim().min(1).max(200),
  version: z.string().trim().min(1).max(100),
  source: z.string().trim().min(1).max(500),
})

/** A person says which version of a named product is fixed, and where that stands: from then on the notice matches hosts. */
export async function sayAffected(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['change'])
  if (!subject.ok) return subject
  if (!actor.roles.some((r) => r === 'patch-team' || r === 'security'))
    return no('ROLE_MISSING', 'The patch team or security says what is affected.')
  const said = inputs.safeParse(intent.inputs)
  if (!said.success)
    return no(
      'INPUT_INVALID',
      'Please say the product, the version that fixes it, and where that stands.',
      String(said.error.issues[0]?.path[0]),
    )
  const state = await lockChange(unit.tx, subject.value.number)
  if (!state) return no('CHANGE_UNKNOWN', `There is no change ${subject.value.number}. Try \`changes\`.`)
  if (!['alerted', 'awaiting', 'testing', 'planning'].includes(state.phase))
    return no('STALE', `Change ${state.id} is past that: what it is about is being decided or rolled out.`)
  for (const { rowId } of bulletinsOf(state)) {
    const row = await unit.tx.bulletin.findUnique({ where: { id: rowId } })
    const bulletin = row?.document as Bulletin | null | undefined
    if (!row || !bulletin || bulletin.unfixed.length > 0 || (bulletin.fixed.length > 0 && row.said === null)) continue
    const assets = await readAssetsWith(unit.tx, [said.data.product])
    const builds = buildsFromPerson({ product: said.data.product, fixedVersion: said.data.version, assets })
    if (!builds.ok) return no(builds.refusal.code, builds.refusal.text, builds.refusal.code === 'PRODUCT_UNKNOWN' ? 'product' : 'version')
    const after = { ...bulletin, fixed: [...bulletin.fixed.filter((b) => b.name !== said.data.product), ...builds.value] }
    const record = { by: actor.id, at: unit.now.toISOString(), source: said.data.source, builds: after.fixed }
    await unit.tx.bulletin.update({ where: { id: rowId }, data: { document: json(after), said: json(record) } })
    const facts = await factsOf(unit, rowId)
    const hosts = await hostsAfterRevision(unit, state, facts, await matchedHosts(unit, after))
    const differences = [`${actor.name} says: ${said.data.product} is fixed in ${said.data.version} (${said.data.source})`]
    const ruled = await runCommand(unit, state, { kind: 'revise', bulletin: facts, hosts, differences }, null)
    if (!ruled.ok) return { ok: false, refusal: ruled.refusal }
    unit.audit({
      actor: actor.id,
      action: 'say-affected',
      subject: changeSubject(state.id),
      detail: { story: storyOf(bulletin), ...said.data },
    })
    return { ok: true, cards: [] }
  }
  return no('NOT_NEEDED', 'Its publisher says which versions are fixed: look at the affected hosts.')
}

import type { Asset } from '../../core/assess/asset.ts'
import { counted, type ImportFigures } from '../../core/assess/import/figures.ts'
import { directoryOf, type IdentityKind, wordsOf } from '../../core/assess/import/identity.ts'
import type { ImportedHost } from '../../core/assess/import/item.ts'
import { conflictsOf, mergeHost } from '../../core/assess/import/merge.ts'
import { canonicalJson } from '../../core/canonical.ts'
import type { Tx } from '../../db/database.ts'
import { storable } from '../chat/posts.ts'
import type { Unit } from '../house.ts'
import type { Progress } from './import-row.ts'
import { withSkipped } from './import-row.ts'
import { assetOf } from './read.ts'
import { packagesHash, writeAssets } from './write.ts'

/** A host of the file, with the line that it stands on. */
export interface Taken {
  readonly line: number
  readonly host: ImportedHost
  /** SHA-256 of its packages; null when the file says nothing of them. */
  readonly packages: string | null
}

/** What one import knows while it runs. */
export interface Run {
  readonly id: number
  readonly by: string
  /** core/assess/import/merge.ts `originOf`. */
  readonly origin: string
  /** Host of the inventory -> line of the file that is about it. */
  readonly lines: Map<string, number>
}

const BY: Readonly<Record<IdentityKind, string>> = { serial: 'serial number', cloudId: 'cloud id', fqdn: 'full name', host: 'name' }

interface Known {
  readonly asset: Asset
  readonly packages: string | null
}

/** Takes a batch into the inventory, in the caller's transaction; answers the progress after it. The same batch again changes nothing. */
export async function takeHosts(unit: Unit, run: Run, batch: readonly Taken[], before: Progress): Promise<Progress> {
  // One at a time: two imports must not both find a host to be new.
  await unit.tx.$executeRaw`SELECT pg_advisory_xact_lock(7331, hashtext('inventory'))`
  const known = await readKnown(unit.tx, batch)
  const directory = directoryOf([...known.values()].map(({ asset }) => asset))
  const problems: { line: number; reason: string }[] = []
  const renamed: string[] = []
  const merged: { readonly asset: Asset; readonly before: Known | null; readonly packages: string | null }[] = []
  for (const { line, host, packages } of batch) {
    const found = directory.find(host)
    const name = found?.host ?? host.host
    const other = run.lines.get(name)
    if (other !== undefined) {
      problems.push({
        line,
        reason: `${host.host} is ${name} by its ${BY[found?.by ?? 'host']}, and line ${other} is about that one already`,
      })
      continue
    }
    run.lines.set(name, line)
    if (name !== host.host) renamed.push(`${host.host} is known as ${name} (same ${BY[found?.by ?? 'host']})`)
    const was = known.get(name) ?? null
    const asset = mergeHost(was?.asset ?? null, host, { now: unit.now.toISOString(), origin: run.origin })
    merged.push({ asset, before: was, packages: packages ?? (was === null ? packagesHash(asset) : null) })
  }
  const changed = merged.filter((one) => !isSame(one))
  await writeAssets(
    unit.tx,
    changed.map(({ asset }) => asset),
    { touched: run.id, hashes: new Map(changed.map(({ asset, packages }) => [asset.host, packages])) },
  )
  const added = changed.flatMap(({ asset, before: was }) => (was === null ? [asset.host] : []))
  if (changed.length > 0)
    unit.audit({
      actor: run.by,
      action: 'import-hosts',
      subject: `import:${run.id}`,
      detail: { added, changed: changed.flatMap(({ asset, before: was }) => (was === null ? [] : [asset.host])), renamed },
    })
  const { figures } = before
  const after: ImportFigures = {
    ...figures,
    added: figures.added + added.length,
    changed: figures.changed + changed.length - added.length,
    same: figures.same + merged.length - changed.length,
    renamed: counted(figures.renamed, renamed),
    conflicts: counted(
      figures.conflicts,
      merged.flatMap(({ asset }) => conflictsOf(asset)),
    ),
  }
  return withSkipped({ ...before, rows: before.rows + batch.length, taken: before.taken + merged.length, figures: after }, problems)
}

/** Hosts of the inventory that the batch may mean, without their packages. */
async function readKnown(tx: Tx, batch: readonly Taken[]): Promise<ReadonlyMap<string, Known>> {
  const words = batch.map(({ host }) => wordsOf(host))
  const of = (kind: IdentityKind): string[] => words.flatMap((one) => one[kind] ?? [])
  const rows = await tx.$queryRaw<{ host: string; lastSeen: Date; data: unknown; packages: string | null }[]>`
    SELECT "host", "lastSeen", "data", "packages" FROM "Asset"
    WHERE "host" = ANY(${of('host')}) OR "aliases" && ${of('host')} OR "serial" = ANY(${of('serial')})
      OR "cloudId" = ANY(${of('cloudId')}) OR "fqdn" = ANY(${of('fqdn')})`
  return new Map(rows.map(({ packages, ...row }) => [row.host, { asset: assetOf({ ...row, installs: [] }), packages }]))
}

/** Nothing that is written down would change. */
function isSame({
  asset,
  before,
  packages,
}: {
  readonly asset: Asset
  readonly before: Known | null
  readonly packages: string | null
}): boolean {
  if (before === null || (packages !== null && packages !== before.packages)) return false
  const facts = ({ installs: _, ...rest }: Asset): string => canonicalJson(storable(rest))
  return facts(asset) === facts(before.asset)
}

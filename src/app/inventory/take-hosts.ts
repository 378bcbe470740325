import type { Asset } from '../../core/assess/asset.ts'
import { counted, type ImportFigures, type Skipped } from '../../core/assess/import/figures.ts'
import { directoryOf, type IdentityKind, wordsOf } from '../../core/assess/import/identity.ts'
import type { ImportedHost } from '../../core/assess/import/item.ts'
import { conflictsOf, mergeHost } from '../../core/assess/import/merge.ts'
import { canonicalJson } from '../../core/canonical.ts'
import type { Instant } from '../../core/result.ts'
import type { Tx } from '../../db/database.ts'
import { storable } from '../chat/posts.ts'
import type { Unit } from '../house.ts'
import { importSubject, type Progress, withSkipped } from './import-row.ts'
import { assetOf } from './read.ts'
import { lockInventory, packagesHash, writeAssets } from './write.ts'

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

/** A host as it is after the import, and what was known of it before. */
interface Merged {
  readonly asset: Asset
  readonly before: Known | null
  /** SHA-256 of its packages; null where they stay as they are. */
  readonly packages: string | null
}

interface MergedBatch {
  readonly hosts: readonly Merged[]
  readonly problems: readonly Skipped[]
  /** Hosts that are known under another name, in words. */
  readonly renamed: readonly string[]
}

/** Takes a batch into the inventory, in the caller's transaction; answers the progress after it. The same batch again changes nothing. */
export async function takeHosts(unit: Unit, run: Run, batch: readonly Taken[], before: Progress): Promise<Progress> {
  // One at a time: two imports must not both find a host to be new.
  await lockInventory(unit.tx)
  const merged = mergeBatch(batch, await readKnown(unit.tx, batch), run, unit.now.toISOString())
  const changed = merged.hosts.filter((one) => !isSame(one))
  await writeAssets(
    unit.tx,
    changed.map(({ asset }) => asset),
    { touched: run.id, hashes: new Map(changed.map(({ asset, packages }) => [asset.host, packages])) },
  )
  const names = (isNew: boolean): readonly string[] => changed.flatMap((one) => ((one.before === null) === isNew ? [one.asset.host] : []))
  const [added, altered] = [names(true), names(false)]
  if (changed.length > 0)
    unit.audit({
      actor: run.by,
      action: 'import-hosts',
      subject: importSubject(run.id),
      detail: { added, changed: altered, renamed: merged.renamed },
    })
  const { figures } = before
  const after: ImportFigures = {
    ...figures,
    added: figures.added + added.length,
    changed: figures.changed + altered.length,
    same: figures.same + merged.hosts.length - changed.length,
    renamed: counted(figures.renamed, merged.renamed),
    conflicts: counted(
      figures.conflicts,
      merged.hosts.flatMap(({ asset }) => conflictsOf(asset)),
    ),
  }
  const progress = { ...before, rows: before.rows + batch.length, taken: before.taken + merged.hosts.length, figures: after }
  return withSkipped(progress, merged.problems)
}

/** Finds the host that each row means, and lays the row over what is known of it. */
function mergeBatch(batch: readonly Taken[], known: ReadonlyMap<string, Known>, run: Run, now: Instant): MergedBatch {
  const directory = directoryOf([...known.values()].map(({ asset }) => asset))
  const problems: Skipped[] = []
  const renamed: string[] = []
  const hosts: Merged[] = []
  for (const { line, host, packages } of batch) {
    const { host: name, by } = directory.find(host) ?? { host: host.host, by: 'host' }
    const other = run.lines.get(name)
    if (other !== undefined) {
      problems.push({ line, reason: `${host.host} is ${name} by its ${BY[by]}, and line ${other} is about that one already` })
      continue
    }
    run.lines.set(name, line)
    if (name !== host.host) renamed.push(`${host.host} is known as ${name} (same ${BY[by]})`)
    const before = known.get(name) ?? null
    const asset = mergeHost(before?.asset ?? null, host, { now, origin: run.origin })
    hosts.push({ asset, before, packages: packages ?? (before === null ? packagesHash(asset) : null) })
  }
  return { hosts, problems, renamed }
}

/**
 * Hosts of the inventory that the batch may mean, without their packages. Every word is looked up by itself, by its index: of a table that grows
 * while a file is read PostgreSQL does not know what is in it, and would read all of it for each batch. OFFSET 0 forbids it to join instead.
 */
async function readKnown(tx: Tx, batch: readonly Taken[]): Promise<ReadonlyMap<string, Known>> {
  const words = batch.map(({ host }) => wordsOf(host))
  const of = (kind: IdentityKind): string[] => words.flatMap((one) => one[kind] ?? [])
  const rows = await tx.$queryRaw<{ host: string; lastSeen: Date; data: unknown; packages: string | null }[]>`
    WITH meant AS (
      SELECT unnest(${of('host')}::text[]) AS host
      UNION SELECT a.host FROM unnest(${of('host')}::text[]) word, LATERAL (SELECT host FROM "Asset" WHERE "aliases" @> ARRAY[word] OFFSET 0) a
      UNION SELECT a.host FROM unnest(${of('serial')}::text[]) word, LATERAL (SELECT host FROM "Asset" WHERE "serial" = word OFFSET 0) a
      UNION SELECT a.host FROM unnest(${of('cloudId')}::text[]) word, LATERAL (SELECT host FROM "Asset" WHERE "cloudId" = word OFFSET 0) a
      UNION SELECT a.host FROM unnest(${of('fqdn')}::text[]) word, LATERAL (SELECT host FROM "Asset" WHERE "fqdn" = word OFFSET 0) a)
    SELECT one."host", one."lastSeen", one."data", one."packages"
    FROM meant, LATERAL (SELECT * FROM "Asset" WHERE "host" = meant.host OFFSET 0) one`
  return new Map(rows.map(({ packages, ...row }) => [row.host, { asset: assetOf({ ...row, installs: [] }), packages }]))
}

/** Nothing that is written down would change. */
function isSame({ asset, before, packages }: Merged): boolean {
  if (before === null || (packages !== null && packages !== before.packages)) return false
  const facts = ({ installs: _, ...rest }: Asset): string => canonicalJson(storable(rest))
  return facts(asset) === facts(before.asset)
}

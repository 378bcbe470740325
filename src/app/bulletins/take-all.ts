import { createHash } from 'node:crypto'
import type { FirstKey } from '../../core/identify/first-key.ts'
import { aloneBy, isSurelySeen, type StoredCopy } from '../../core/identify/judge.ts'
import type { Verdict, Verification } from '../../core/identify/verification.ts'
import type { Batch, RawDocument } from '../../ports.ts'
import type { House } from '../house.ts'
import type { Noise } from './noise.ts'
import type { SourceState } from './source-state.ts'
import { holdPoison, isPoison, takeDocument } from './take.ts'

/** A document whose handling fails is tried again at so many polls; then it is held, and the others no longer wait for it. */
const MOST_TRIES = 3
/** Of so many documents one question asks whether they are known. */
const AT_ONCE = 250

type Poison = SourceState['poison']

/** A copy that is stored. `givenUp`: its handling broke too often. */
interface Copy extends StoredCopy {
  readonly givenUp: boolean
}

/** What matters for one document beside itself. */
interface Copied {
  readonly noise: Noise
  readonly copies: readonly Copy[]
  readonly firstKeys: readonly FirstKey[]
}

/** Takes documents in their order. What is stored already is asked for many of them at once, because most of a long list is known. */
export async function takeAll(
  house: House,
  id: string,
  { documents, firstKeys = [] }: Pick<Batch, 'documents' | 'firstKeys'>,
  { before, noise, signal }: { readonly before: SourceState; readonly noise: Noise; readonly signal: AbortSignal },
): Promise<{ readonly poison: Poison; readonly brought: boolean }> {
  const tries = new Map(before.poison.map((one) => [one.fileName, one.tries]))
  const poison = new Map<string, Poison[number]>()
  let brought = false
  for (let at = 0; at < documents.length; at += AT_ONCE) {
    const some = documents.slice(at, at + AT_ONCE)
    const copies = await copiesOf(house, id, some)
    for (const raw of some) {
      if (signal.aborted) throw signal.reason
      const { failed, isNew } = await attempt(house, id, raw, { noise, copies: copies.get(raw.fileName) ?? [], firstKeys })
      if (failed === null) brought ||= isNew
      else poison.set(raw.fileName, { fileName: raw.fileName, tries: (tries.get(raw.fileName) ?? 0) + 1, reason: failed })
    }
  }
  return { poison: [...poison.values()], brought }
}

/** What is stored of these documents, by file name. */
async function copiesOf(house: House, source: string, documents: readonly RawDocument[]): Promise<ReadonlyMap<string, readonly Copy[]>> {
  const where = { source, fileName: { in: documents.map(({ fileName }) => fileName) } }
  const rows = await house.db.bulletin.findMany({
    where,
    select: { id: true, fileName: true, vendorId: true, digest: true, verdict: true },
  })
  // Few are held, and only of those the checks are read.
  const held = await house.db.bulletin.findMany({ where: { ...where, verdict: 'QUARANTINED' }, select: { id: true, verification: true } })
  const checks = new Map(held.map(({ id, verification }) => [id, (verification as unknown as Verification).checks]))
  const copies = rows.map((row) => {
    const of = checks.get(row.id) ?? []
    return { ...row, verdict: row.verdict as Verdict, ...aloneBy(of), givenUp: isPoison(of) }
  })
  return Map.groupBy(copies, ({ fileName }) => fileName)
}

/** Takes one document; why not, when that broke. A database that does not answer breaks all of them: then the poll fails. */
async function attempt(
  house: House,
  id: string,
  raw: RawDocument,
  { noise, copies, firstKeys }: Copied,
): Promise<{ readonly failed: string | null; readonly isNew: boolean }> {
  try {
    const checked = await house.sources.get(id)?.check(raw, house.clock.now(), firstKeys)
    if (!checked || isSurelySeen(checked, copies)) return { failed: null, isNew: false }
    return { failed: null, isNew: await takeDocument(house, id, raw, checked, noise) }
  } catch (error) {
    await house.db.$queryRaw`SELECT 1`
    if (isGivenUp(raw, copies)) return { failed: null, isNew: false }
    house.log.error({ source: id, file: raw.fileName, err: error }, 'a document could not be taken; the others go on')
    return { failed: error instanceof Error ? error.message.slice(0, 500) : String(error), isNew: false }
  }
}

/** Its handling broke before, and it was given up: it is shown already, and is not tried thrice at every poll. */
const isGivenUp = ({ bytes }: RawDocument, copies: readonly Copy[]): boolean => {
  const digest = createHash('sha256').update(bytes).digest('hex')
  return copies.some((old) => old.digest === digest && old.givenUp)
}

/** Documents that were tried often enough are held, where security sees them. Answers their names. */
export async function giveUp(
  house: House,
  id: string,
  documents: readonly RawDocument[],
  poison: Readonly<Poison>,
): Promise<readonly string[]> {
  const reasons = new Map(poison.filter(({ tries }) => tries >= MOST_TRIES).map(({ fileName, reason }) => [fileName, reason]))
  const hopeless = documents.filter((raw) => reasons.has(raw.fileName))
  for (const raw of hopeless) await holdPoison(house, id, raw, reasons.get(raw.fileName) ?? '')
  return hopeless.map((raw) => raw.fileName)
}

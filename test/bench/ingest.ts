import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { hashCheck } from '../../adapters/sources/csaf/hash.ts'
import { decodeJson } from '../../adapters/sources/csaf/json.ts'
import { parse } from '../../adapters/sources/csaf/parse.ts'
import { signatureCheck } from '../../adapters/sources/csaf/signature.ts'
import { validateCsaf } from '../../adapters/sources/csaf/validate.ts'
import { createMsrcReader } from '../../adapters/sources/msrc/index.ts'
import { createPoller } from '../../src/app/bulletins/poll.ts'
import { json } from '../../src/app/change/rows.ts'
import { storyOf } from '../../src/core/identify/story.ts'
import type { RawDocument } from '../../src/ports.ts'
import { aBulletin } from '../support/bulletin.ts'
import { newSigner, published } from '../support/csaf.ts'
import { month, monthJson, weakness } from '../support/msrc.ts'
import { type Bench, rounded, timed } from './bench.ts'
import { benchHouse } from './house.ts'
import { longestTask } from './task.ts'

const ROUNDS = 20
const MONTH_MEGABYTES = 20
const KNOWN = 10_000
const NOW = new Date('2026-11-25T12:00:00Z')

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_500))

type Figures = Bench['figures']
type Part = { readonly rows: Bench['rows']; readonly figures: Figures }

const sample = new URL('../../manifests/sample/csaf/', import.meta.url)

/** The sample's documents, signed anew. */
async function documents() {
  const signer = await newSigner()
  const names = readdirSync(sample, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?:history|arrivals).*\/[^/]+\.json$/.test(name),
  )
  return { signer, raws: await Promise.all(names.map((name) => published(name, readFileSync(new URL(name, sample)), signer))) }
}

/** Step by step, in this process: what one document costs, and which step costs it. */
async function csaf(): Promise<Part> {
  const { signer, raws } = await documents()
  const steps = { hash: 0, signature: 0, json: 0, validate: 0, parse: 0 }
  const all = async (raw: RawDocument): Promise<void> => {
    steps.hash += await timed(() => hashCheck(raw))
    steps.signature += await timed(() => signatureCheck(raw, signer.rule, signer.keyArmored, NOW))
    let value: unknown
    steps.json += await timed(() => {
      const decoded = decodeJson(raw.bytes)
      value = decoded.ok ? decoded.value : null
    })
    steps.validate += await timed(() => validateCsaf(value))
    steps.parse += await timed(() => parse('bench', value))
  }
  // The first round loads the validator and warms up.
  for (const raw of raws) await all(raw)
  for (const key of Object.keys(steps) as (keyof typeof steps)[]) steps[key] = 0
  for (let round = 0; round < ROUNDS; round += 1) for (const raw of raws) await all(raw)
  const total = Object.values(steps).reduce((sum, ms) => sum + ms, 0)
  const count = raws.length * ROUNDS
  const shares = Object.entries(steps).map(([name, ms]) => [name, rounded(ms / total)] as const)
  const kilobytes = raws.reduce((sum, { bytes }) => sum + bytes.length, 0) / raws.length / 1_000
  return {
    rows: [
      ['CSAF documents a second', `${Math.round((count * 1_000) / total)}, ${kilobytes.toFixed(0)} KB each, one process`],
      ['share of each step', shares.map(([name, share]) => `${name} ${Math.round(share * 100)} %`).join(', ')],
    ],
    figures: { csafPerSecond: Math.round((count * 1_000) / total), ...Object.fromEntries(shares) },
  }
}

/** A month as large as the largest ones: every vulnerability with its own fixes and texts. */
function largeMonth(): Uint8Array {
  const products = ['1', '2', '3', '4']
  const weaknesses = Array.from({ length: 2_300 }, (_, i) =>
    weakness(`CVE-2026-${10_000 + i}`, products, { workaround: `<p>${'Turn the service off until it is patched. '.repeat(190)}</p>` }),
  )
  return new TextEncoder().encode(monthJson(month({ weaknesses })))
}

/** Highest resident memory of the processes below this one, in MB. Linux only; 0 elsewhere. */
function childPeak(): number {
  const children = `/proc/${process.pid}/task/${process.pid}/children`
  if (!existsSync(children)) return 0
  const peaks = readFileSync(children, 'utf8')
    .trim()
    .split(' ')
    .flatMap((pid) => {
      try {
        return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_000
      } catch {
        return []
      }
    })
  return Math.max(0, ...peaks)
}

async function microsoft(): Promise<Part> {
  const bytes = largeMonth()
  const reader = createMsrcReader()
  await reader.read({ kind: 'month', bytes: new TextEncoder().encode(monthJson(month())), families: [], known: [] })
  // What was made for the month is swept away first: it is no part of the reading.
  await settled()
  let parts = 0
  let longest = 0
  const ms = await timed(async () => {
    longest = await longestTask(async () => {
      const reading = await reader.read({ kind: 'month', bytes, families: [], known: [] })
      if (reading.kind !== 'month' || !reading.month.ok) throw new Error('the month was not read')
      parts = reading.month.parts.length
    })
  })
  const peak = childPeak()
  await reader.close()
  if (bytes.length < MONTH_MEGABYTES * 1e6) throw new Error(`the month has ${bytes.length} bytes only`)
  return {
    rows: [
      ['a month of Microsoft', `${(bytes.length / 1e6).toFixed(0)} MB read into ${parts} parts in ${ms.toFixed(0)} ms`],
      ['memory of its process', `${peak.toFixed(0)} MB at most (bound: a heap of 512 MB)`],
      ['longest task of the main thread meanwhile', `${longest.toFixed(0)} ms of its processor, goal 20`],
    ],
    figures: {
      monthMegabytes: Math.round(bytes.length / 1e6),
      monthMs: Math.round(ms),
      monthPeakMb: Math.round(peak),
      monthStallMs: Math.round(longest),
    },
  }
}

/** Documents that are known come again, all of them: what does the database have to write? */
async function again(): Promise<Part> {
  const { house, end } = await benchHouse(NOW)
  try {
    const known = Array.from({ length: KNOWN }, (_, i) => aBulletin({ source: 'again', vendorId: `TEST-${i}` }))
    const raws = known.map(
      (bulletin): RawDocument => ({ fileName: `${bulletin.vendorId}.json`, bytes: Buffer.from(JSON.stringify(bulletin)) }),
    )
    const digest = ({ bytes }: RawDocument): string => createHash('sha256').update(bytes).digest('hex')
    const checks = (['hash', 'signature', 'schema', 'file-name', 'namespace'] as const).map(
      (name) => ({ name, outcome: 'pass', evidence: 'x' }) as const,
    )
    const verification = { verdict: 'AUTHENTIC', checks, reason: 'x', checkedAt: NOW.toISOString() }
    for (let at = 0; at < KNOWN; at += 1_000)
      await house.db.bulletin.createMany({
        data: known.slice(at, at + 1_000).map((bulletin, i) => ({
          source: 'again',
          vendorId: bulletin.vendorId,
          revision: bulletin.revision,
          updatedAt: new Date(bulletin.updatedAt),
          digest: digest(raws[at + i] as RawDocument),
          fileName: `${bulletin.vendorId}.json`,
          raw: Buffer.from(''),
          document: json(bulletin),
          verdict: 'AUTHENTIC',
          verification: json(verification),
          current: true,
          origin: 'history',
          seenAt: NOW,
          story: storyOf(bulletin),
        })),
      })
    const rule = { id: 'again', name: 'Again', kind: 'csaf', provider: 'again.example', namespaces: ['again.example'] }
    const policy = { ...house.inForce.policy, sources: [{ ...house.inForce.policy.sources[0], ...rule }] } as typeof house.inForce.policy
    const byDigest = new Map(raws.map((raw, i) => [digest(raw), known[i]]))
    const source = {
      id: 'again',
      fetch: async () => ({ documents: raws, cursor: 'x', dropped: [] }),
      check: async (raw: RawDocument) => ({ bulletin: byDigest.get(digest(raw)) ?? null, digest: digest(raw), checks }),
    }
    const one = { ...house, inForce: { ...house.inForce, policy }, sources: new Map([['again', source]]) }
    const written = async (): Promise<number> => {
      await house.db.$executeRaw`SELECT pg_stat_force_next_flush()`
      const [row] = await house.db.$queryRaw<{ n: bigint }[]>`
        SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint AS n FROM pg_stat_user_tables
        WHERE schemaname = 'public'`
      return Number(row?.n ?? 0)
    }
    // The first poll of a source tells of its history.
    await createPoller(one)('again', new AbortController().signal)
    // The statistics of a connection are told when it is idle.
    await settled()
    const before = await written()
    const ms = await timed(() => createPoller(one)('again', new AbortController().signal))
    await settled()
    const writes = (await written()) - before
    return {
      rows: [[`${KNOWN} known documents come again`, `${writes} rows written (1: the source's own state), ${(ms / 1_000).toFixed(1)} s`]],
      figures: { knownAgain: KNOWN, knownWrites: writes, knownMs: Math.round(ms) },
    }
  } finally {
    await end()
  }
}

/** Documents a second and what they cost; a large month in bounded memory; and what known documents cost. */
export async function bench(): Promise<Bench> {
  const parts = [await csaf(), await microsoft(), await again()]
  return { rows: parts.flatMap(({ rows }) => rows), figures: Object.assign({}, ...parts.map(({ figures }) => figures)) }
}

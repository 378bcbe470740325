import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from '../../adapters/sources/csaf/parse.ts'
import { SAMPLE_FOLDER, samplePolicy } from '../../src/app/sample.ts'
import { loadFleet } from '../../src/core/assess/fleet.ts'
import { sha256Hex } from '../../src/core/canonical.ts'
import type { DatedBulletin } from '../../src/core/replay/course.ts'
import { readDelays } from '../../src/core/replay/delays.ts'
import { replay } from '../../src/core/replay/replay.ts'
import { type Bench, rounded, timed } from './bench.ts'

const DAYS = 365
/** About as many as a Linux vendor publishes. */
const PER_DAY = 8
/** Every so many-th is about something that the fleet has; the others are about packages that it lacks. */
const MATCHING = 4
const FLEETS = 20
const GOAL_S = 60

/** Twelve months of bulletins, derived from the sample's real ones, through the sample's policy and 20 copies of its fleet. */
export async function bench(): Promise<Bench> {
  const { policy, hash } = await samplePolicy(SAMPLE_FOLDER)
  const fleet = loadFleet(JSON.parse(await readFile(join(SAMPLE_FOLDER, 'fleet.json'), 'utf8')), new Date('2025-01-01T00:00:00Z'))
  const assets = Array.from({ length: FLEETS }, (_, i) => fleet.map((asset) => ({ ...asset, host: `${asset.host}-${i}` }))).flat()
  const originals = await Promise.all(
    [
      'arrivals/01-openssl/rhsa-2023_3408.json',
      'arrivals/02-kernel-rt/rhsa-2023_4378.json',
      'arrivals/03-known-exploited/rhsa-2023_5835.json',
      'history/rhsa-2023_7207.json',
    ].map(read),
  )
  const bulletins = Array.from({ length: DAYS * PER_DAY }, (_, i) =>
    derived(originals[Math.floor(i / MATCHING) % originals.length] ?? fail(), i),
  )
  const delays = readDelays(['patch-team=2h', 'security=4h', 'operations=4h'])
  if (!delays.ok) throw new Error(delays.refusal.text)
  let changes = 0
  const ms = await timed(() => {
    changes = replay({ policy, policyHash: hash, assets, bulletins, delays: delays.value }).changes.length
  })
  return {
    rows: [
      ['bulletins in 12 months', `${bulletins.length}`],
      ['hosts', `${assets.length}`],
      ['changes', `${changes}`],
      ['12 months replayed in', `${(ms / 1000).toFixed(1)} s, goal under ${GOAL_S} s`],
    ],
    figures: {
      shareOfGoal: rounded(ms / 1000 / GOAL_S, 3),
      seconds: rounded(ms / 1000),
      bulletins: bulletins.length,
      hosts: assets.length,
      changes,
    },
  }
}

const fail = (): never => {
  throw new Error('expected bulletins')
}

async function read(file: string): Promise<DatedBulletin> {
  const text = await readFile(join(SAMPLE_FOLDER, 'csaf', file), 'utf8')
  const { ok, ...rest } = parse('sample-csaf', JSON.parse(text))
  if (!ok || !('bulletin' in rest)) throw new Error(`${file} cannot be read`)
  return { bulletin: rest.bulletin, digest: sha256Hex(text) }
}

/** The same fix again under another id and a release that is higher each time, so that the fleet never stays patched. */
function derived({ bulletin, digest }: DatedBulletin, i: number): DatedBulletin {
  const at = new Date(Date.UTC(2025, 0, 1) + (i * 86_400_000) / PER_DAY).toISOString()
  const strange = i % MATCHING === 0 ? '' : '-strange'
  const fixed = bulletin.fixed.map((b) => ({ ...b, name: `${b.name}${strange}`, evr: { ...b.evr, release: `${b.evr.release}.${i}` } }))
  return {
    bulletin: { ...bulletin, vendorId: `${bulletin.vendorId}-${i}`, publishedAt: at, updatedAt: at, fixed },
    digest: sha256Hex(`${digest}${i}`),
  }
}

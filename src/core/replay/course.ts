import type { AffectedHost } from '../assess/affected.ts'
import { freshChange } from '../change/fresh.ts'
import type { ChangeState } from '../change/state.ts'
import type { HostProgress } from '../deploy/progress.ts'
import type { Bulletin } from '../identify/bulletin.ts'
import { announce, approve, classify, plan, type Setting, test } from './people-steps.ts'
import { rollOut } from './rollout.ts'
import { along, iso, isStuck, type Walked } from './walk.ts'

/** A bulletin with the SHA-256 of its bytes. */
export interface DatedBulletin {
  readonly bulletin: Bulletin
  readonly digest: string
}

/** How one change went, from its bulletin to its last verified host. */
export interface Course {
  readonly state: ChangeState
  /** When it ended, or got stuck, in milliseconds. */
  readonly at: number
  readonly hosts: readonly HostProgress[]
  /** Why it went no further; absent when it was rolled out. */
  readonly why?: string
  /** Awaits a rollup or service pack, as its class has it. */
  readonly awaits: boolean
}

/** Walks one change through all its phases by the rules of the product, with people who do everything right, late by their delays. */
export function courseOf(setting: Setting, id: number, told: DatedBulletin, hosts: readonly AffectedHost[], openedAt: number): Course {
  const opened = { state: freshState(id, told, hosts, openedAt), at: openedAt }
  const classified = along(opened, classify(setting))
  const awaits = !isStuck(classified) && classified.state.clocks?.startBy === null && classified.state.clocks.completeBy === null
  if (awaits || isStuck(classified)) return ended(classified, [], awaits)
  const announced = along(classified, test(setting), plan(setting), approve(setting), announce(setting))
  if (isStuck(announced)) return ended(announced, [], false)
  const { walked, hosts: rolled } = rollOut(announced, setting)
  return ended(walked, rolled, false)
}

const ended = (walked: Walked, hosts: readonly HostProgress[], awaits: boolean): Course => ({ ...walked, hosts, awaits })

/** What the replay takes for granted: nobody can check signatures of old documents whose keys are not at hand. */
const ASSUMED = { verdict: 'AUTHENTIC', verdictReason: 'assumed: a replay checks no signatures' } as const

/** The change of a bulletin at the moment it comes in. */
export function freshState(id: number, { bulletin, digest }: DatedBulletin, hosts: readonly AffectedHost[], at: number): ChangeState {
  const { source, vendorId, revision, title, publishedAt, updatedAt, severity, updateType, vulnerabilities, restart } = bulletin
  const facts = {
    rowId: id,
    source,
    vendorId,
    revision,
    title,
    publishedAt,
    updatedAt,
    severity,
    updateType,
    vulnerabilities,
    restart,
    digest,
    publisher: bulletin.publisher.name,
    ...ASSUMED,
  }
  return freshChange(id, iso(at), facts, hosts)
}

import type { FailureView } from '../../cards/progress.ts'
import { sha256Hex } from '../../core/canonical.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { failuresByCause } from '../../core/deploy/counters.ts'
import { type HostProgress, inFlight } from '../../core/deploy/progress.ts'
import { changeSubject } from '../change/rows.ts'
import { planPurpose, reply } from '../chat/show.ts'
import type { Unit } from '../house.ts'

const SILENT = 'no word from it (unknown, neither success nor failure)'

interface Group {
  readonly key: string
  readonly cause: string
  readonly hosts: readonly string[]
}

/** Groups of hosts that need somebody: failed by cause, and the unknown ones, ring by ring. */
function groupsOf(hosts: readonly HostProgress[], digest: string): readonly Group[] {
  const rings = [...new Set(hosts.map((h) => h.ring))].sort((a, b) => a - b)
  return rings.flatMap((ring) => {
    const here = hosts.filter((h) => h.ring === ring)
    const unknown = here.filter((h) => h.status === 'unknown').map((h) => h.host)
    const groups = [...failuresByCause(here), ...(unknown.length > 0 ? [{ cause: SILENT, hosts: unknown }] : [])]
    return groups.map((g) => ({ ...g, key: `ring-${ring}-${sha256Hex(`${digest} ${g.cause}`).slice(0, 8)}` }))
  })
}

/** A reply in the thread of the live card per group; it stays, and says when the group is settled. */
export async function wantFailures(unit: Unit, state: ChangeState, hosts: readonly HostProgress[]): Promise<void> {
  for (const group of groupsOf(hosts, state.submission?.digest ?? '')) {
    const subject = changeSubject(state.id)
    const purpose = `failure:${group.key}`
    const known = await unit.tx.post.findFirst({ where: { subject, purpose } })
    const before = known ? (known.payload as unknown as Group).hosts : []
    const all = [...new Set([...before, ...group.hosts])].sort()
    if (known && all.length === before.length) continue
    await reply(unit, 'patch team', subject, planPurpose('progress', state.submission?.digest ?? ''), purpose, { ...group, hosts: all })
  }
}

/** The group as it is now: who of it is still open, and who is under way again. */
export function failureView(payload: unknown, hosts: readonly HostProgress[]): FailureView {
  const { key, cause, hosts: names } = payload as Group
  const here = hosts.filter((h) => names.includes(h.host))
  const open = here.filter((h) => h.status === 'failed' || h.status === 'unknown').map((h) => h.host)
  return { key, cause, hosts: names, open, again: here.filter(inFlight).map((h) => h.host) }
}

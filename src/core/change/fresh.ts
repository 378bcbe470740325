import type { AffectedHost } from '../assess/affected.ts'
import { proposeClass } from '../evaluate/classification.ts'
import type { Instant } from '../result.ts'
import type { BulletinFacts, ChangeState } from './state.ts'

/** A change as it is opened: nothing is decided yet. */
export const freshChange = (id: number, at: Instant, bulletin: BulletinFacts, hosts: readonly AffectedHost[]): ChangeState => ({
  id,
  phase: 'alerted',
  openedAt: at,
  bulletin,
  bulletins: [],
  hosts,
  proposal: proposeClass(bulletin),
  tests: [],
  elsewhere: [],
  pastSubmissions: [],
  claims: {},
  incidents: [],
  handovers: [],
  acts: [],
})

import { own } from '../own.ts'
import { ROLES, type Role } from '../policy.ts'
import { allow, type Ruled, refuse } from '../result.ts'

/** How long a role lets its work lie before it does it, in milliseconds. */
export type Delays = Readonly<Record<Role, number>>

const HOUR = 3_600_000
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: HOUR, d: 24 * HOUR }

/** What is assumed where nothing is said: an hour. */
const DEFAULT = HOUR

/** Reads `ROLE=DURATION` such as `security=4h`, `patch-team=30m`, `operations=2d`. Roles that are not named take an hour. */
export function readDelays(texts: readonly string[]): Ruled<Delays> {
  const delays = new Map<string, number>(ROLES.map((role) => [role, DEFAULT]))
  for (const text of texts) {
    const [, role = '', number = '', unit = ''] = /^([a-z-]+)=(\d{1,5})(m|h|d)$/.exec(text) ?? []
    if (!delays.has(role))
      return refuse(
        'DELAY_INVALID',
        `expected ROLE=DURATION such as security=4h, with one of ${ROLES.join(', ')}; got "${text.slice(0, 60)}"`,
      )
    delays.set(role, Number(number) * (own(UNITS, unit) ?? 0))
  }
  return allow(Object.fromEntries(delays) as Delays)
}

import type { Doors } from '../../src/ports.ts'
import type { EventHub } from './events.ts'
import type { WebTokens } from './secret.ts'

/** What every route may use. */
export interface Web {
  readonly doors: Doors
  readonly sample: boolean
  readonly tokens: WebTokens
  readonly events: EventHub
}

import type { Instant } from '../core/result.ts'
import type { Card } from './card.ts'
import { at, count, fact, quiet, shortened, textBlock, whisper } from './words.ts'

/** Hosts counted by one of their properties, most first. */
export type Counted = readonly { readonly what: string; readonly hosts: number }[]

export interface FleetView {
  readonly hosts: number
  readonly operatingSystems: Counted
  readonly assetClasses: Counted
  readonly missionCritical: number
  /** Names, because each is something to do. */
  readonly unmanaged: readonly string[]
  readonly stale: readonly string[]
  readonly foreign: number
  readonly remote: number
  readonly staleAfterDays: number
  /** The newest sign of life of any host: how fresh all this is. */
  readonly newestSign: Instant | null
}

/** Most names of one line. */
const MOST = 8

/** What the organisation has, and what nobody looks after. */
export const fleetCard = (fleet: FleetView): Card =>
  whisper(`${count(fleet.hosts, 'host')} in the inventory`, [
    ...(fleet.hosts === 0
      ? [textBlock('It is empty: nothing can be matched with bulletins. Import it from the command line.')]
      : [
          {
            kind: 'facts' as const,
            facts: [
              fact('Systems', counted(fleet.operatingSystems)),
              fact('Classes', counted(fleet.assetClasses)),
              fact('Mission critical', `${fleet.missionCritical}`),
              fact('Unmanaged', names(fleet.unmanaged)),
              fact(`Not seen for ${count(fleet.staleAfterDays, 'day')}`, names(fleet.stale)),
              fact('Remote', `${fleet.remote}`),
              fact('Not our own', `${fleet.foreign}`),
            ],
          },
        ]),
    ...(fleet.newestSign
      ? [quiet('Newest sign of life of a host: ', at(fleet.newestSign), '. Type `why` and a host to see what happened to it.')]
      : []),
  ])

const counted = (all: Counted): string =>
  shortened(
    all.map(({ what, hosts }) => `${what} ${hosts}`),
    MOST,
  )

const names = (hosts: readonly string[]): string => (hosts.length === 0 ? 'none' : `${hosts.length}: ${shortened(hosts, MOST)}`)

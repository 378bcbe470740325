import type { Ruled } from '../../../src/core/result.ts'
import type { Account, Directory, Doors } from '../../../src/ports.ts'
import type { FetchFiles } from '../../chat/files.ts'
import type { House, Visit } from '../../chat/visit.ts'
import type { Installation } from '../accounts.ts'
import type { Client } from '../client.ts'
import type { Accounts } from '../mentions.ts'

/** What everything that comes in needs. */
export interface Receiving extends House {
  readonly doors: House['doors'] & Pick<Doors, 'openHome'>
  readonly client: Client
  readonly installation: Installation
  readonly accountOf: (user: string) => Promise<Ruled<Account>>
  readonly directory: Directory
  readonly mentionsOf: Accounts['mentionsOf']
  readonly fetchFiles: FetchFiles
}

/** Who said it and where; `channel` null: on the bot's own page. */
export interface Where {
  readonly user: string
  readonly channel: string | null
  readonly thread?: string | undefined
}

export const isDirect = (channel: string | null): boolean => channel === null || channel.startsWith('D')

/** `ids`: what Slack tells deliveries apart by; the same in a repetition. None: it has no effect that could come twice. */
export const visitOf = (on: Receiving, { user, channel, thread }: Where, ...ids: readonly string[]): Visit => ({
  account: () => on.accountOf(user),
  place: channel === null || isDirect(channel) ? '' : on.directory.placeByRef(channel),
  ...(thread === undefined ? {} : { thread }),
  ...(ids.length === 0 ? {} : { delivery: ['slack', ...ids].join(':') }),
})

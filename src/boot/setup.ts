import type { Logger } from 'pino'
import type { TeamsSettings } from '../../adapters/teams/index.ts'
import type { DelivererOptions } from '../app/chat/deliver.ts'
import type { House, PolicyFileDoor, PolicyInForce } from '../app/house.ts'
import type { Arrive } from '../app/time/handlers.ts'
import type { Policy } from '../core/policy.ts'
import type { Database } from '../db/database.ts'
import type { BulletinSource, ChatPlatform, Clock, Doors, Home, MailReader, PatchFiles, Runner } from '../ports.ts'

/** What was opened, in order; ended from the last to the first. */
export type Undo = (() => Promise<unknown>)[]

/** Ends everything, also when one of the endings fails. */
export async function unwind(undo: Undo): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step().catch(() => undefined)
}

/** Another chat platform beside the web page; gets the doors, gives what posts, and people's own pages where it has them. */
export type Connect = (doors: Doors) => Promise<{ readonly platform: ChatPlatform; readonly home?: Home; close(): Promise<void> }>

/** What a test starts differently; the product itself gives its log only. */
export interface Parts {
  /** Instead of the embedded server. */
  readonly databaseUrl?: string
  readonly policy?: PolicyInForce
  readonly connect?: readonly Connect[]
  readonly platform?: (platform: ChatPlatform) => ChatPlatform
  readonly runner?: (runner: Runner) => Runner
  readonly source?: (source: BulletinSource) => BulletinSource
  readonly doors?: (doors: Doors) => Doors
  /** Instead of a real platform's pace, which a walk through the whole job would have to wait for. */
  readonly pace?: Pick<DelivererOptions, 'budgets' | 'backoffMs' | 'callLimitMs'>
  /** Instead of the machine's time, in an organisation's house. */
  readonly clock?: Clock
  /** Instead of the reader that asks the machine's DNS. */
  readonly mails?: MailReader
  /** Instead of the client that reaches the world. */
  readonly patchFiles?: PatchFiles
  readonly log?: Logger
  /** Address of an emulated Slack. */
  readonly slackApi?: string
  /** Told where Slack's requests go. */
  readonly onSlack?: (url: string) => void
  /** Where Teams' services are emulated. */
  readonly teamsApi?: TeamsSettings['microsoft']
  /** Told where Teams' requests go. */
  readonly onTeams?: (url: string) => void
  /** Told what must not stand in the log. */
  readonly hide?: (secrets: readonly string[]) => void
}

/** What differs between the sample and an organisation of one's own. */
export interface Setup {
  readonly sample: boolean
  /** Name of the database on the embedded server. */
  readonly database: string
  /** The policy in force, once the database is migrated. */
  inForce(db: Database): Promise<PolicyInForce>
  readonly policyFile: PolicyFileDoor | null
  clock(db: Database): Promise<Clock>
  /** Called again when another version of the policy comes into force. */
  sources(policy: Policy): readonly BulletinSource[]
  /** Called at every start, with everything in place but nothing running: first start, or what changed since the last one. */
  begin(house: House): Promise<void>
  /** What arrives by itself: the sample's bulletins. `poll` asks a source at once. */
  arrive(house: House, poll: (source: string) => Promise<void>): Arrive
  /** Null where the clock is nobody's to move. */
  moveClock(house: House, settle: () => Promise<void>): Doors['moveClock']
}

import type { Logger } from 'pino'
import type { Policy } from '../core/policy.ts'
import type { Ruled } from '../core/result.ts'
import type { AuditEntry } from '../db/audit.ts'
import { appendAudit } from '../db/audit.ts'
import type { Boss } from '../db/boss.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Write } from '../db/writer.ts'
import type { BulletinSource, Clock, InventoryFormat, MailReader, PatchFiles, Runner } from '../ports.ts'
import type { Members } from './people/members.ts'

/** The policy in force. Its hash stands in every decision's plan and audit record. */
export interface PolicyInForce {
  readonly policy: Policy
  readonly hash: string
  /** False: nobody has bought off the first version yet. Every card says so, and rollouts wait. */
  readonly approved: boolean
}

/** A policy as its file says it: a proposal. */
export interface FilePolicy {
  readonly policy: Policy
  readonly hash: string
}

/** The file that proposes the policy. */
export interface PolicyFileDoor {
  /** As people know it. */
  readonly name: string
  /**
   * What the file says now. `seen` tells two states of the file apart, also bad ones; the refusal of a bad one has all its problems, one
   * a line.
   */
  read(): Promise<{ readonly seen: string; readonly ruled: Ruled<FilePolicy> }>
}

/** What the use cases work with. Made once, in main. */
export interface House {
  readonly db: Database
  readonly write: Write
  readonly boss: Boss
  readonly clock: Clock
  readonly log: Logger
  /**
   * The version in force now, with the members of its groups beside the people that it names. Ask again each time: another version may
   * come into force while the bot runs, and members come and go.
   */
  readonly inForce: PolicyInForce
  /** Those whom its groups brought. */
  readonly members: Members
  /** Null: the policy comes from no file (the sample's). */
  readonly policyFile: PolicyFileDoor | null
  readonly sources: ReadonlyMap<string, BulletinSource>
  readonly runners: ReadonlyMap<string, Runner>
  /** Formats of inventory files, by their kind. */
  readonly formats: ReadonlyMap<string, InventoryFormat>
  /** Reads mails that people were sent. */
  readonly mails: MailReader
  /** Fetches patch files and looks at them. */
  readonly patchFiles: PatchFiles
  /** After the commit that brought another version into force: works by it from now on. */
  adopt(next: PolicyInForce): Promise<void>
}

/** One transaction with the time at which it happens and the audit records it will end with. */
export interface Unit {
  readonly house: House
  readonly tx: Tx
  readonly now: Date
  /** Queues an audit record; all are appended as the last statements before the commit. */
  audit(entry: Omit<AuditEntry, 'at'>): void
}

/** State, audit record, posts and jobs commit together or not at all. */
export function transact<T>(house: House, work: (unit: Unit) => Promise<T>): Promise<T> {
  return house.write((tx) => joined(house, tx, work))
}

/** The same inside a transaction that somebody else has begun; it must end right after. */
export async function joined<T>(house: House, tx: Tx, work: (unit: Unit) => Promise<T>): Promise<T> {
  const now = house.clock.now()
  const records: AuditEntry[] = []
  const result = await work({ house, tx, now, audit: (entry) => records.push({ ...entry, at: now }) })
  for (const record of records) await appendAudit(tx, record)
  return result
}

import type { Card, Form } from './cards/card.ts'
import type { ImportView } from './cards/inventory.ts'
import type { ImportItem } from './core/assess/import/item.ts'
import type { ExploitedCatalogue } from './core/identify/exploited.ts'
import type { FirstKey } from './core/identify/first-key.ts'
import type { Checked } from './core/identify/judge.ts'
import type { DnsAnswer, SigningKey } from './core/identify/mail.ts'
import type { PatchFile } from './core/identify/patch.ts'
import type { CveScore } from './core/identify/scores.ts'
import type { Signer } from './core/identify/signer.ts'
import type { Check } from './core/identify/verification.ts'
import type { ButtonValue, Intent } from './core/intent.ts'
import type { Overview } from './core/overview/view.ts'
import type { Instant, Refusal, Ruled } from './core/result.ts'
import type { Account, Doubt, MessageRef, OpenedHome } from './ports/chat.ts'

export type { MailReader } from './core/identify/mail.ts'
export * from './ports/chat.ts'

export type { ExploitedCatalogue }

/** The time. The sample mode and tests move it; nothing else in the house asks the machine for the time. */
export interface Clock {
  now(): Date
}

/** One document as a source delivered it, with what stood beside it. Bytes are untouched. */
export interface RawDocument {
  /** Unique within its source, e.g. `rhsa-2023_3408.json` or a feed item's id. */
  readonly fileName: string
  /** Where it was fetched from. */
  readonly url?: string
  /** The address that was asked for, when that led to another site: nobody named the other one. */
  readonly redirectedFrom?: string
  readonly bytes: Uint8Array
  readonly sha512?: string
  readonly sha256?: string
  /** Armoured detached OpenPGP signature. */
  readonly signature?: string
  /** Of a mail: what the DNS answered when its signatures were checked. */
  readonly dns?: readonly DnsAnswer[]
}

/** Something that came and is not proved enough to be a bulletin. */
export interface Doubted {
  /** What it is called, for people: sender and subject. Foreign text. */
  readonly name: string
  /** Why it is none, in a sentence. */
  readonly reason: string
  /** What makes it the same when it comes again. */
  readonly digest: string
  /** As it came; empty: it was not fetched. */
  readonly bytes: Uint8Array
}

/** Something that was listed and could not be taken: kept for people to look at. */
export interface DroppedItem {
  readonly fileName: string
  readonly reason: string
  /** What came of it, where anything did. */
  readonly bytes?: Uint8Array
}

export interface Batch {
  readonly documents: readonly RawDocument[]
  /** Opaque; handed back at the next call. */
  readonly cursor: string
  readonly dropped: readonly DroppedItem[]
  /** What came and must not count as a bulletin: kept for people to look at. Absent: nothing. */
  readonly doubted?: readonly Doubted[]
  /** How many items the source lists in all, taken or known: a source that suddenly lists far fewer is failing. Absent: it has no list. */
  readonly listed?: number
  /**
   * A sentence when something about the source is wrong although what came is good and was taken, e.g. that its list has shrunk: the
   * source counts as failing, and its news are not lost. Absent: all is well.
   */
  readonly concern?: string
  /** The whole catalogue of known exploited vulnerabilities, from a source that has it; never a part of it. Absent: not changed. */
  readonly exploited?: ExploitedCatalogue
  /** What is said of single vulnerabilities; never of all of them. */
  readonly scores?: readonly CveScore[]
  /** The keys pinned at first sight, those handed over and new ones; empty where the policy names the key. Absent: it has no keys. */
  readonly firstKeys?: readonly FirstKey[]
}

/** Fetches a patch file and looks at it; nothing of it stays. */
export interface PatchFiles {
  /** Throws Fault HTTP_* when it cannot be fetched, is too large, or is a web page; the reason of `signal` when that aborts. */
  look(url: string, how: PatchFileAsking): Promise<PatchFileLook>
  /** The same of a file that somebody handed over. */
  lookAt(sent: { readonly name: string; readonly bytes: Uint8Array }, how: PatchFileAsking): Promise<PatchFileLook>
  /** What people call the file of an address. */
  nameOf(url: string): string
}

export interface PatchFileAsking {
  readonly allowNetworks: readonly string[]
  readonly signal: AbortSignal
  readonly now: Date
  /** Of each source whose bulletins may speak for the file. */
  readonly trust: readonly PackageTrust[]
}

/** What the policy names for the patch files of a source. */
export interface PackageTrust {
  /** Fingerprints of the primary keys of packages and archives. */
  readonly packageKeys: readonly string[]
  /** File with these keys. */
  readonly packageKeyFile?: string | undefined
  /** Addresses of the `InRelease` of Debian archives. */
  readonly archives: readonly string[]
  /** File with the roots (PEM) of code signatures. */
  readonly codeRootsFile?: string | undefined
}

export interface PatchFileLook {
  readonly file: PatchFile
  /** Where it came from in the end. */
  readonly host: string
  readonly signature: Check
  /** Who signed it, where the signature holds and says so. */
  readonly signer?: Signer
  /** Whether an archive of the policy lists it; absent: there is none for files of its kind. */
  readonly archive?: Check
}

export interface BulletinSource {
  readonly id: string
  /**
   * Documents that are new or changed since `cursor` (null: all). `wanted`: CVE ids of which nobody has said lately how bad they are; `firstKeys`: those of
   * the last batch. Throws `Fault` when the source as a whole fails.
   */
  fetch(cursor: string | null, signal: AbortSignal, wanted?: readonly string[], firstKeys?: readonly FirstKey[]): Promise<Batch>
  /** Everything that can be checked on one document alone, by the source's keys, and what it says. Never throws for what is in it. */
  check(raw: RawDocument, now: Date, firstKeys?: readonly FirstKey[]): Promise<Checked>
  /** Of a mailbox: the keys that are pinned for its senders. */
  readonly signers?: readonly SigningKey[]
}

/** What a host (or its back end) says about one step. `at` is when it happened, by the reporter's clock. */
export interface HostReport {
  readonly host: string
  readonly step: 'arrived' | 'attempted' | 'installed' | 'failed' | 'rolled back' | 'verified'
  readonly at: Instant
  readonly cause?: string
  /** epoch:version-release found after the step, e.g. `1:1.1.1k-9.el8_6`. */
  readonly version?: string
}

export interface Order {
  /** Unique, e.g. `change-12.ring-1.install.1`. `start` is idempotent by it. */
  readonly id: string
  readonly action: 'install' | 'uninstall' | 'verify'
  readonly hosts: readonly OrderedHost[]
  readonly options: { readonly reboot: boolean; readonly silent: boolean }
}

export interface OrderedHost {
  readonly host: string
  /** Package name -> epoch:version-release, what is there and what shall be there. */
  readonly packages: readonly { readonly name: string; readonly from: string; readonly to: string }[]
}

/** A deployment back end. */
export interface Runner {
  readonly name: string
  /** True when it only pretends; everything it touches is marked REHEARSAL. */
  readonly rehearsal: boolean
  /** Makes ready; idempotent by order.id. */
  stage(order: Order): Promise<void>
  /** Idempotent by order.id. */
  start(order: Order): Promise<void>
  /** Starts no further host; running ones may finish. */
  stop(orderIds: readonly string[]): Promise<void>
  /** All reports so far, and whether the back end knows the order at all. */
  observe(orderId: string): Promise<{ readonly known: boolean; readonly reports: readonly HostReport[] }>
}

/** A format of inventory files. */
export interface InventoryFormat {
  /** E.g. `csv`. */
  readonly kind: string
  /** A file of it is about one host, whose name is given with it. */
  readonly oneHost: boolean
  /** What the file says, row by row. Never throws for what is in it, and holds one row at a time. */
  read(bytes: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncIterable<ImportItem>
}

export interface ReadOptions {
  /** The time of the import. */
  readonly now: Instant
  /** Of a format that is about one host: its name. */
  readonly host?: string
}

/** The answer to an intent, for the eyes of who asked: cards, or a rule's no (at a field of the form, where it is about one). */
export type Outcome =
  | { readonly ok: true; readonly cards: readonly Card[] }
  | { readonly ok: false; readonly refusal: Refusal; readonly field?: string }

/** The doors that `main` hands to adapters. */
export interface Doors {
  /** Buttons, forms and commands. Commits before it answers. */
  handleIntent(intent: Intent): Promise<Outcome>
  /** The person behind an account: by its address, else by the roles of its groups. Refuses whom the policy does not know. */
  recognise(account: Account): Promise<Ruled<string>>
  /** Tells the admins, once, that somebody whom the policy does not know wants a role. */
  askForRole(account: Account): Promise<Outcome>
  /** Is this real? A message, with its links and files. Changes nothing. */
  doubt(doubt: Doubt): Promise<Outcome>
  /** The form behind a button as its subject is now; null when the button is no longer offered. Changes nothing. */
  formFor(button: ButtonValue, place: string): Promise<Form | null>
  /** The card of one of our messages as its subject is now, by place and the platform's id of the message; null: none of ours. */
  cardOf(place: string, message: string): Promise<Card | null>
  places(): Promise<readonly PlaceView[]>
  people(): Promise<readonly PersonView[]>
  /** Posts of one place, oldest first; null when there is no such place. */
  posts(placeId: string): Promise<readonly PostView[] | null>
  /** The page of an account is drawn now, and again whenever something else is said. Returns when that is sure to happen, not when it has. */
  openHome(home: OpenedHome): Promise<void>
  /** The cycle at a glance, for one person (an id of the policy). Refused to those who do not act in it. */
  overview(person: string): Promise<Ruled<Overview>>
  /** Host reports of one rollout (a change number). */
  report(changeId: number, reports: readonly HostReport[]): Promise<ReportAnswer>
  /**
   * Takes an inventory file in; answers when it is done. A refusal when the request is wrong, not when the file is: what is wrong in it
   * is in the answer. Throws Fault IMPORT_FAILED when the file breaks off or the database fails on the way.
   */
  importInventory(upload: InventoryUpload): Promise<Ruled<ImportView>>
  clock(): Promise<ClockView>
  /** Sample mode only: moves the clock forward, event by event. Null outside it. */
  moveClock: ((to: Date | 'next') => Promise<ClockView | Refusal>) | null
  health(): Promise<{ readonly ok: boolean; readonly detail: Readonly<Record<string, string>> }>
  /** Figures for the operators' monitoring, in Prometheus' text format 0.0.4. No names of people or hosts are in it. */
  metrics(): Promise<string>
  /** Called after every commit that changed posts; returns the way to end the subscription. */
  onPosts(listener: (placeIds: readonly string[]) => void): () => void
}

/** An inventory file that somebody hands in. */
export interface InventoryUpload {
  /** One of the formats, e.g. `csv`. */
  readonly kind: string
  /** Of a format that is about one host: its name. */
  readonly host?: string
  readonly fileName: string
  /** Id of a person; null: a program that bears the token of reports. */
  readonly by: string | null
  /** Id of the place where it was asked for. */
  readonly place?: string
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface PlaceView {
  readonly id: string
  readonly name: string
  readonly audience: string
  readonly platform: string
}

export interface PersonView {
  readonly id: string
  readonly name: string
  readonly roles: readonly string[]
  readonly zone: string
}

export interface PostView {
  readonly id: string
  readonly threadOf: string | null
  /** Where it stands on its platform; absent: not there yet. */
  readonly ref?: MessageRef
  readonly card: Card
  readonly updatedAt: Instant
}

export interface ClockView {
  readonly now: Instant
  readonly sample: boolean
  readonly next: { readonly at: Instant; readonly what: string } | null
}

export interface ReportAnswer {
  readonly known: boolean
  readonly accepted: number
  readonly refused: readonly { readonly index: number; readonly reason: string }[]
}

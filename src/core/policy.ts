import { z } from 'zod'
import { policyProblems } from './policy-check.ts'

/** Deployment classes of the chapter's Table 2.3, most urgent first. */
export const CLASSES = ['critical', 'high', 'medium', 'low'] as const
export type ChangeClass = (typeof CLASSES)[number]

/** Roles of the process. `manager` signs the policy; `representative` passes announcements on to a department. */
export const ROLES = ['patch-team', 'security', 'operations', 'manager', 'representative', 'end-user', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Who a place is for. */
const AUDIENCES = ['patch team', 'security', 'representatives', 'end users', 'management', 'admin'] as const
export type Audience = (typeof AUDIENCES)[number]

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and dashes')
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 22:00')
const role = z.enum(ROLES)
const hours = z.number().positive().nullable()

const person = z.strictObject({
  id,
  name: z.string().min(1),
  email: z.email(),
  /** IANA zone that the person reads times in. */
  zone: z.string(),
  roles: z.array(role).min(1),
  /** Who may act for this person; a delegate and the delegating person count as one. */
  delegateOf: id.optional(),
})

const place = z.strictObject({
  id,
  name: z.string().min(1),
  audience: z.enum(AUDIENCES),
  platform: z.enum(['web', 'slack']),
  ref: z.string().min(1),
})

/** A recurring opening. `weekdays` are ISO numbers, Monday 1. `minutes` is elapsed time, not wall time. */
const window = z.strictObject({
  id,
  name: z.string().min(1),
  zone: z.string(),
  weekdays: z.array(z.number().int().min(1).max(7)).min(1),
  start: time,
  minutes: z.number().int().min(15).max(1440),
})

/** A change freeze: from one instant to another, in which no window opens. */
const blackout = z.strictObject({ name: z.string().min(1), from: z.iso.datetime(), to: z.iso.datetime(), reason: z.string().min(1) })

const classRule = z.strictObject({
  /** Start within, hours from clock zero; null: await a rollup or service pack. A calendar month is `startMonths: 1` instead. */
  startHours: hours,
  startMonths: z.number().int().positive().optional(),
  /** Complete by, hours from clock zero; null: no deadline. */
  completeHours: hours,
  /** The test checklist, in order. */
  tests: z.array(z.strictObject({ id, label: z.string().min(1) })).min(1),
  /** How many different people of which roles must approve. */
  quorum: z.array(z.strictObject({ role, count: z.number().int().positive() })).min(1),
  /** Most delays that one person may be granted on one change. */
  delaysPerPerson: z.number().int().min(0),
  /** Role that decides delay requests. */
  delayRole: role,
})

const ring = z.strictObject({
  id,
  name: z.string().min(1),
  /** Share of the hosts that are left after the rings before, 0 to 1, rounded up; the last ring takes the rest. */
  share: z.number().positive().max(1),
  atLeast: z.number().int().min(1),
  /** Minutes of observation after the ring before has settled. */
  soakMinutes: z.number().int().min(0),
  /** The rollout halts when more hosts than this failed in the ring (a wrong version is a failure). */
  maxFailures: z.number().int().min(0),
  /** Next ring starts only if at least this share of the ring is verified, 0 to 1. */
  minVerified: z.number().min(0).max(1),
})

const source = z.strictObject({
  id,
  kind: z.literal('csaf-folder'),
  name: z.string().min(1),
  /** Lower-case hex fingerprint of the primary key that may speak for `namespaces`. */
  keyFingerprint: z.string().regex(/^[0-9a-f]{40}$/),
  /** What the card says about the key, e.g. "Patchcrier sample key, not the vendor's". */
  keyOwner: z.string().min(1),
  /** Hosts of publisher namespaces that the key may speak for, e.g. `www.redhat.com`. */
  namespaces: z.array(z.string().min(1)).min(1),
})

const policyFields = z.strictObject({
  organisation: z.string().min(1),
  /** Zone of the organisation: calendar months and labels without a reader are in it. */
  zone: z.string(),
  preset: z.literal('chapter'),
  people: z.array(person).min(1),
  places: z.array(place).min(1),
  classes: z.strictObject({ critical: classRule, high: classRule, medium: classRule, low: classRule }),
  windows: z.array(window).min(1),
  blackouts: z.array(blackout),
  rings: z.array(ring).min(1),
  sources: z.array(source),
  /** Minutes between telling the representatives and telling the end users. */
  representativeLeadMinutes: z.number().int().min(0),
  /** Minutes without a report after which an ordered host is `unknown`. */
  silentAfterMinutes: z.number().int().min(1),
  /** Days without a sign of life after which a host is stale. */
  staleAfterDays: z.number().int().min(1),
  /** Where people get help, as announcements say it, e.g. `#it-help`. */
  helpPlace: z.string().min(1),
})

/** The organisation's rules, as data. Everything that differs between organisations is in here. */
export const policySchema = policyFields.superRefine((policy, context) => {
  for (const { path, message } of policyProblems(policy)) context.addIssue({ code: 'custom', path: [...path], message })
})

export type Policy = z.infer<typeof policyFields>
export type Person = z.infer<typeof person>
export type PolicyPlace = z.infer<typeof place>
export type WindowRule = z.infer<typeof window>
export type Blackout = z.infer<typeof blackout>
export type ClassRule = z.infer<typeof classRule>
export type RingRule = z.infer<typeof ring>
export type SourceRule = z.infer<typeof source>

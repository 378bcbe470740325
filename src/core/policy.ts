import { z } from 'zod'
import { PRESETS } from './evaluate/presets.ts'
import { policyProblems } from './policy/check.ts'
import { AUDIENCES, hours, id, type Role, role, time } from './policy/fields.ts'
import { reminders } from './policy/reminders.ts'
import { resolved } from './policy/resolve.ts'
import { source } from './policy/sources.ts'

export { type Audience, type ChangeClass, CLASSES, ROLES, type Role } from './policy/fields.ts'
export type { ReminderKind, Reminders } from './policy/reminders.ts'
export type { SourceKind, SourceRule, SourceRuleOf } from './policy/sources.ts'

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

/** People who get roles by being in a group of a chat platform, whoever they are. */
const group = z.strictObject({
  platform: z.enum(['slack', 'teams']),
  /** Id of the Slack user group or of the Teams team; `everyone`: every account of the platform that is no guest. */
  ref: z.string().min(1),
  name: z.string().min(1),
  roles: z.array(role).min(1),
})

const place = z.strictObject({
  id,
  name: z.string().min(1),
  audience: z.enum(AUDIENCES),
  platform: z.enum(['web', 'slack', 'teams']),
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
  /** Only the first (1) to fifth (5) or the last (-1) of these weekdays in a month; every one where it is not given. */
  nth: z
    .array(z.literal([1, 2, 3, 4, 5, -1], 'expected 1 to 5, or -1 for the last'))
    .min(1)
    .optional(),
  /** Hosts that it is for; all where nothing is given. A host matches when it matches every list. */
  hosts: z
    .strictObject({
      assetClasses: z.array(z.string().min(1)).min(1).optional(),
      environments: z
        .array(z.enum(['production', 'test']))
        .min(1)
        .optional(),
      sites: z.array(z.string().min(1)).min(1).optional(),
      departments: z.array(z.string().min(1)).min(1).optional(),
    })
    .optional(),
})

/** A change freeze: from one instant to another, in which no window opens. */
const blackout = z.strictObject({ name: z.string().min(1), from: z.iso.datetime(), to: z.iso.datetime(), reason: z.string().min(1) })

const seats = z.array(z.strictObject({ role, count: z.number().int().positive() })).min(1)

const classRule = z.strictObject({
  /**
   * Start within, hours from clock zero; null: await a rollup or service pack. A calendar month is `startMonths: 1` instead. Where
   * neither is given, the preset decides.
   */
  startHours: hours.optional(),
  startMonths: z.number().int().positive().optional(),
  /** Complete by, hours from clock zero; null: no deadline. Where it is not given, the preset decides. */
  completeHours: hours.optional(),
  /** The test checklist, in order. */
  tests: z.array(z.strictObject({ id, label: z.string().min(1) })).min(1),
  /** How many different people of which roles must approve. */
  quorum: seats,
  /** The shorter path of an emergency change; `quorum` where it is not given. A review always follows. */
  emergencyQuorum: seats.optional(),
  /** Of a standard (pre-authorised, repeated) change; `quorum` where it is not given. */
  standardQuorum: seats.optional(),
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

const policyFields = z.strictObject({
  organisation: z.string().min(1),
  /** Zone of the organisation: calendar months and labels without a reader are in it. */
  zone: z.string(),
  /** Where the two clocks come from (core/evaluate/presets.ts). */
  preset: z.enum(PRESETS),
  /** How an input counts that the preset asks for and nobody knows: as the worst case, or as the best. */
  missingInputs: z.enum(['worst', 'best']).default('worst'),
  /** How many managers of the version before approve a new version of this policy. */
  buyOffManagers: z.number().int().positive().default(1),
  people: z.array(person).min(1),
  /** Roles beside those of `people`: whoever may edit such a group on its platform can give its roles. */
  groups: z.array(group).default([]),
  /** Days after which a role by a group lapses, unless the platform has proved the membership again (at a click). */
  groupRoleDays: z.number().int().positive().default(7),
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
  reminders: reminders.prefault({}),
  /** Hosts that are not the organisation's own (contractor, customer, vendor, home). */
  foreign: z
    .strictObject({
      /** Are they planned at all? `with-sponsor`: only while somebody of the organisation answers for them. */
      plan: z.enum(['never', 'with-sponsor', 'always']).default('with-sponsor'),
      /** Most days from now until a sponsorship ends; one that ends later does not count (core/deploy/ring.ts). */
      sponsorDays: z.number().int().positive().default(90),
    })
    .prefault({}),
  /** Hosts away from the offices and data centres. */
  remote: z
    .strictObject({
      /** In the last ring only. */
      lastRing: z.boolean().default(true),
      /** Minutes without a report after which a remote host is `unknown`. */
      silentAfterMinutes: z.number().int().min(1).default(1440),
    })
    .prefault({}),
  /** Days that an exemption (a host left out with a reason) lasts unless it says otherwise. */
  exemptionDays: z.number().int().positive().default(90),
  /** Days for which inbound deliveries and finished jobs are kept. */
  keepDays: z.number().int().min(1).default(30),
})

/** One field at a time, without what they say about each other: all problems of a file are told together. */
export const policyShape = policyFields

/** The organisation's rules, as data. Everything that differs between organisations is in here. */
export const policySchema = policyFields
  .superRefine((policy, context) => {
    for (const { path, message } of policyProblems(policy)) context.addIssue({ code: 'custom', path: [...path], message })
  })
  .transform(resolved)

/** A version that was checked when it was proposed: what a later program asks beside its shape does not take it out of force. */
export const storedPolicySchema = policyFields.transform(resolved)

type Fields = z.infer<typeof policyFields>
/** `granted`: those of the roles that groups give alone. Only in what the rules see, never in what is written. */
export type Person = z.infer<typeof person> & { readonly granted?: readonly Role[] }
export type Policy = Omit<Fields, 'people'> & { readonly people: Person[] }
export type PolicyPlace = z.infer<typeof place>
export type WindowRule = z.infer<typeof window>
export type Blackout = z.infer<typeof blackout>
export type ClassRule = z.infer<typeof classRule>
export type RingRule = z.infer<typeof ring>

import { DateTime } from 'luxon'
import { z } from 'zod'
import { SCHEMES, type Scheme } from '../../identify/bulletin.ts'
import { own } from '../../own.ts'
import type { Instant } from '../../result.ts'
import type { Install } from '../asset.ts'
import type { ImportedFacts, ImportedHost } from './item.ts'
import { packageOf, readPackage, schemeOfSystem, unreadable } from './packages.ts'
import { hasControls } from './text.ts'

/** Everything that a row may say, by the name that all formats share. The order is that of the documentation. */
export const ROW_KEYS = [
  'host',
  'owner',
  'department',
  'site',
  'environment',
  'assetClass',
  'criticality',
  'location',
  'ownership',
  'managed',
  'workstation',
  'patchTeam',
  'operatingSystem',
  'streams',
  'lastSeen',
  'seenHoursAgo',
  'exposure',
  'sponsor',
  'sponsorUntil',
  'serial',
  'cloudId',
  'fqdn',
  'runningKernel',
  'scheme',
  'packages',
] as const
export type RowKey = (typeof ROW_KEYS)[number]
/** What a file says about one host; an empty value says nothing. */
export type Row = Readonly<Partial<Record<RowKey, unknown>>>

/** A spreadsheet runs what begins like this, and our data may go into one again. */
const FORMULA = /^[=@\t]|^[+-](?!$)/

const text = z
  .string()
  .transform((value) => value.replace(/\s+/g, ' ').trim())
  .pipe(
    z
      .string()
      .max(200)
      .refine((value) => !hasControls(value), 'holds control characters')
      .refine((value) => !FORMULA.test(value), 'looks like a formula'),
  )
const hostName = z
  .string('expected a host name')
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$/, 'expected a host name')
const FLAGS: Readonly<Record<string, boolean>> = { yes: true, y: true, true: true, 1: true, no: false, n: false, false: false, 0: false }
const flag = z.preprocess((value) => {
  const plain = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return own(FLAGS, plain) ?? value
}, z.boolean('expected yes or no'))
const word = <const T extends readonly [string, ...string[]]>(values: T, synonyms: Readonly<Record<string, T[number]>> = {}) =>
  z.preprocess(
    (value) => {
      const plain = typeof value === 'string' ? value.trim().toLowerCase() : value
      return typeof plain === 'string' ? (own(synonyms, plain) ?? plain) : plain
    },
    z.enum(values, `expected ${values.join(' or ')}`),
  )
const instant = z.string().transform((value, context): Instant => {
  const read = DateTime.fromISO(value.trim().replace(' ', 'T'), { zone: 'utc' })
  if (read.isValid && read.year >= 1990 && read.year <= 2200) return read.toUTC().toISO()
  context.addIssue({ code: 'custom', message: 'expected a time such as 2026-11-25T14:05:00Z' })
  return z.NEVER
})
const list = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(';')
          .map((one) => one.trim())
          .filter((one) => one !== '')
      : value,
  z.array(z.unknown()),
)
const id = z
  .string()
  .trim()
  .max(200)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:/-]*$/u, 'expected letters and digits')

const schema = z.object({
  host: hostName,
  owner: z.preprocess((value) => (typeof value === 'string' ? value.trim() : value), z.email('expected an e-mail address')),
  department: text,
  site: text,
  environment: word(['production', 'test'], { prod: 'production' }),
  assetClass: text,
  criticality: word(['mission-critical', 'normal'], { 'mission critical': 'mission-critical' }),
  location: word(['data centre', 'office', 'remote'], { 'data center': 'data centre', datacenter: 'data centre' }),
  ownership: word(['company', 'contractor', 'customer', 'vendor', 'home']),
  managed: flag,
  workstation: flag,
  patchTeam: flag,
  operatingSystem: text,
  streams: list.pipe(z.array(text).max(200)),
  lastSeen: instant,
  seenHoursAgo: z.number().nonnegative().max(1_000_000),
  exposure: word(['internet', 'internal']),
  sponsor: z.preprocess((value) => (typeof value === 'string' ? value.trim() : value), z.email('expected an e-mail address')),
  sponsorUntil: instant,
  serial: id,
  cloudId: id,
  fqdn: hostName,
  runningKernel: z.string().max(300),
  scheme: word(SCHEMES),
  packages: list,
})
const partial = schema.partial().extend({ host: hostName })
type Read = z.infer<typeof partial>

/** A row that was read, with what is wrong with a part of it; or why it cannot be taken at all. */
export type ReadRow = { readonly host: ImportedHost; readonly problems: readonly string[] } | { readonly reason: string }

/** `called`: what a format calls a value, for its problems. `now`: the time of the import. */
export interface RowContext {
  readonly now: Instant
  readonly called: (key: RowKey) => string
}

const saidNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && /^(?:\s*|-|n\/a)$/i.test(value))

/** Reads one row of any format. All faults of a row are told at once. */
export function readRow(row: Row, context: RowContext): ReadRow {
  const said = Object.fromEntries(Object.entries(row).filter(([, value]) => !saidNothing(value)))
  const read = partial.safeParse(said, { reportInput: true })
  if (!read.success) return { reason: read.error.issues.map((issue) => complaint(issue, context)).join('; ') }
  const { sponsor, sponsorUntil } = read.data
  if ((sponsor === undefined) !== (sponsorUntil === undefined))
    return { reason: `${context.called('sponsor')} and ${context.called('sponsorUntil')} are given together or not at all` }
  return hostOf(read.data, context)
}

function complaint({ path, message, input }: z.core.$ZodIssue, { called }: RowContext): string {
  const got = input === undefined ? 'nothing' : JSON.stringify(input)?.slice(0, 60)
  return `${called(path[0] as RowKey)}: ${message}, got ${got}`
}

function hostOf(read: Read, { now, called }: RowContext): ReadRow {
  const { host, lastSeen: seenAt, seenHoursAgo, sponsor, sponsorUntil, scheme, packages, runningKernel, ...plain } = read
  const system: Scheme = scheme ?? schemeOfSystem(read.operatingSystem ?? '')
  const kernel = runningKernel === undefined ? undefined : (readPackage(system, runningKernel) ?? null)
  const installs = packages && installsOf(packages, system)
  const facts: ImportedFacts = {
    // A key that was not said is not there: zod's type cannot know that.
    ...(plain as ImportedFacts),
    ...(sponsor !== undefined && sponsorUntil !== undefined ? { sponsor: { email: sponsor, until: sponsorUntil } } : {}),
    ...(kernel ? { runningKernel: kernel } : {}),
  }
  const seen = seenAt ?? (seenHoursAgo === undefined ? undefined : new Date(Date.parse(now) - seenHoursAgo * 3_600_000).toISOString())
  const ahead = seen !== undefined && seen > now
  return {
    host: {
      host,
      facts,
      ...(seen === undefined ? {} : { lastSeen: ahead ? now : seen }),
      ...(installs ? { installs: installs.good } : {}),
    },
    problems: [
      ...(ahead ? [`${called('lastSeen')} ${seen} is in the future and counts from now`] : []),
      ...(kernel === null
        ? [`${called('runningKernel')} ${JSON.stringify(runningKernel?.slice(0, 60))} cannot be read and is not taken`]
        : []),
      ...(installs?.problem ? [installs.problem] : []),
    ],
  }
}

const apart = z.object({
  name: z.string().trim(),
  version: z.string().trim(),
  arch: z.string().trim().default(''),
  scheme: z.enum(SCHEMES).optional(),
})

function installOf(value: unknown, system: Scheme): Install | null {
  if (typeof value === 'string') return readPackage(system, value)
  const read = apart.safeParse(value)
  return read.success ? packageOf(read.data.scheme ?? system, read.data.name, read.data.version, read.data.arch) : null
}

/** Each build once: the same package twice in one list is one install. */
function installsOf(values: readonly unknown[], system: Scheme): { readonly good: readonly Install[]; readonly problem: string | null } {
  const good = new Map<string, Install>()
  const broken: string[] = []
  for (const value of values) {
    const install = installOf(value, system)
    if (install) good.set(installKey(install), install)
    else broken.push(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'))
  }
  return { good: [...good.values()], problem: unreadable(broken, values.length) }
}

/** Equal for equal installs. */
export const installKey = ({ scheme, name, arch, epoch, version, release }: Install): string =>
  [scheme, name, arch, epoch, version, release].join('\n')

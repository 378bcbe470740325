import { z } from 'zod'
import { Fault } from '../fault.ts'
import type { Asset, Install } from './asset.ts'
import { parseNevra } from './rpm.ts'

const HOUR_MS = 60 * 60 * 1000

const install = z.string().transform((text, context): Install => {
  const read = parseNevra(text)
  if (read) return read
  context.addIssue({ code: 'custom', message: `expected name-epoch:version-release.arch, received "${text}"` })
  return z.NEVER
})

const host = z.strictObject({
  host: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'expected a host name in lower case'),
  owner: z.email(),
  department: z.string().min(1),
  site: z.string().min(1),
  environment: z.enum(['production', 'test']),
  assetClass: z.string().min(1),
  criticality: z.enum(['mission-critical', 'normal']),
  location: z.enum(['data centre', 'office', 'remote']),
  ownership: z.enum(['company', 'contractor', 'customer', 'vendor', 'home']),
  managed: z.boolean(),
  workstation: z.boolean(),
  patchTeam: z.boolean(),
  /** Hours before the time of loading: a sample that carried absolute times would be stale in a week. */
  seenHoursAgo: z.number().nonnegative(),
  operatingSystem: z.string().min(1),
  streams: z.array(z.string().min(1)),
  runningKernel: install.optional(),
  installs: z.array(install),
})

const fleet = z.strictObject({ hosts: z.array(host) }).superRefine(({ hosts }, context) => {
  const names = hosts.map((one) => one.host)
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) < i) context.addIssue({ code: 'custom', path: ['hosts', i, 'host'], message: `"${name}" is there twice` })
  }
})

function toAsset({ seenHoursAgo, runningKernel, ...rest }: z.infer<typeof host>, now: Date): Asset {
  const lastSeen = new Date(now.getTime() - seenHoursAgo * HOUR_MS).toISOString()
  return { ...rest, lastSeen, ...(runningKernel ? { runningKernel } : {}) }
}

/**
 * Reads a fleet file: assets with their packages as `name-epoch:version-release.arch` and their last sign of life in hours before `now`.
 * @throws Fault CONFIG_INVALID that names all problems, when the file is something else.
 */
export function loadFleet(json: unknown, now: Date): readonly Asset[] {
  const read = fleet.safeParse(json)
  if (read.success) return read.data.hosts.map((one) => toAsset(one, now))
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Fault('CONFIG_INVALID', `The fleet file is not valid. ${problems.join('; ')}`)
}

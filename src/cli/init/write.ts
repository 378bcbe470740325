import { PRESET } from '../../core/evaluate/presets.ts'
import type { Policy, WindowRule } from '../../core/policy.ts'
import type { Answers, NewPerson } from './answers.ts'
import { mailboxSource } from './mailbox.ts'
import { EXPLOITED, idOf, type NewSource, readVendor } from './vendors.ts'
import { readWindow, type Spoken, windowWords } from './windows.ts'

/** JSON is YAML: nothing that somebody typed can become anything but a text. */
const flow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (value !== null && typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([key, member]) => `${key}: ${flow(member)}`)
      .join(', ')} }`
  return JSON.stringify(value)
}

const list = (members: readonly unknown[]): string => members.map((member) => `  - ${flow(member)}\n`).join('')
const comment = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ')

/** A policy file of the answers, with a comment for every part. */
export function policyText(answers: Answers): string {
  const people = withIds(answers)
  return `# Policy of ${comment(answers.organisation)}, written by \`policy init\`. Change what is not yet yours, then check it:
#   npm run -s patchcrier -- policy check FILE
# It is a proposal: the managers below approve it in chat, and until they have no rollout starts.
# Updates get onto computers today: ${comment(answers.tools)}. The manual runner lets people and hosts report.

organisation: ${flow(answers.organisation)}
# IANA zone: calendar months, and labels without a reader, are in it.
zone: ${flow(answers.zone)}

# Where the two clocks come from: chapter, essential-eight, pci-dss or bod-26-04.
# A class below may have hours of its own (startHours, completeHours); where it has none, the preset decides.
preset: ${answers.preset}
# How an input counts that the preset asks for and nobody knows: worst or best.
missingInputs: worst
# How many managers approve a new version of this file.
buyOffManagers: 1

# Roles: patch-team, security, operations, manager, representative, end-user, admin.
# A delegate (delegateOf) and who delegated count as one person.
people:
${list(people)}
# Roles by group, beside the people: the id of a Slack user group or of a Teams team, or everyone (who may be an end-user only).
# Whoever may edit such a group can give its roles. A role lapses when the membership was not proved for groupRoleDays.
# groups:
#   - { platform: slack, ref: S0123ABCD, name: "Security", roles: [security] }
#   - { platform: teams, ref: everyone, name: "All staff", roles: [end-user] }
groups: []
groupRoleDays: 7
# Where things are told. Every audience needs at least one place; ref is the channel, as its platform knows it.
places:
${list(placesOf(answers))}
# What each class asks for: tests in their order, who approves, how often a person may ask for a delay and who decides.
classes:
${classesOf(answers, people)}
# When hosts may change: weekdays from 1 (Monday), nth 1 to 5 or -1 (last) of a month, minutes of elapsed time.
windows:
${windowsOf(answers)}
# When nothing changes at all: name, from, to (instants such as 2026-12-23T23:00:00Z), reason.
blackouts: []

# Who goes first: the pilot is on production systems, the last ring takes the rest.
rings:
  - { id: pilot, name: "Pilot", share: 0.1, atLeast: 1, soakMinutes: 0, maxFailures: 0, minVerified: 1 }
  - { id: early, name: "Early", share: 0.3, atLeast: 2, soakMinutes: 60, maxFailures: 1, minVerified: 0.9 }
  - { id: rest, name: "Rest", share: 1, atLeast: 1, soakMinutes: 60, maxFailures: 3, minVerified: 0.9 }

# Where bulletins come from. A feed triggers and proves nothing: security vouches for what only a feed says.
# Secrets of mailboxes stand in the environment, never here.
sources:
${list(sourcesOf(answers))}
# Minutes between telling the representatives and telling the end users.
representativeLeadMinutes: 120
# Minutes without a report after which an ordered host is unknown.
silentAfterMinutes: 30
# Days without a sign of life after which a host is stale.
staleAfterDays: 14
# Where people get help, as announcements say it.
helpPlace: ${flow(answers.helpPlace)}

# Hosts of contractors, customers, vendors, or at home: never, with-sponsor or always.
# A sponsorship that ends later than sponsorDays from now does not count.
foreign: { plan: with-sponsor, sponsorDays: 90 }
# Hosts away from the offices: in the last ring only, and silent for longer before they are unknown.
remote: { lastRing: true, silentAfterMinutes: 1440 }
`
}

interface Member extends Omit<Policy['people'][number], 'delegateOf'> {
  readonly delegateOf?: string
}

/** Ids are the names in small letters; a second Ana is ana-2. */
function withIds({ people, zone }: Answers): readonly Member[] {
  const ids = unique(people.map(({ name }) => idOf(name.split(/\s+/)[0] ?? name)))
  const idByMail = new Map(people.map(({ email }, i) => [email.toLowerCase(), ids[i] ?? '']))
  return people.map(({ name, email, roles, zone: own, delegateOf }: NewPerson, i) => ({
    id: ids[i] ?? '',
    name,
    email,
    zone: own ?? zone,
    roles,
    ...(delegateOf === undefined ? {} : { delegateOf: idByMail.get(delegateOf.toLowerCase()) ?? delegateOf }),
  }))
}

const unique = (ids: readonly string[]): readonly string[] =>
  ids.map((id, i) => {
    const before = ids.slice(0, i).filter((other) => other === id).length
    return before === 0 ? id : `${id.slice(0, 37)}-${before + 1}`
  })

const PLACES = [
  ['patch-team', 'Patch team', 'patch team'],
  ['security', 'Security', 'security'],
  ['representatives', 'Representatives', 'representatives'],
  ['announcements', 'Announcements', 'end users'],
  ['management', 'Management', 'management'],
  ['patchcrier-admin', 'Patchcrier admin', 'admin'],
] as const

const placesOf = ({ chat, channels }: Answers) =>
  PLACES.map(([id, name, audience]) => ({ id, name, audience, platform: chat, ref: channels[audience] ?? id }))

const TESTS = [
  { id: 'files-verified', label: 'Files come from the vendor, and their hashes and signatures verify' },
  { id: 'installs', label: 'Installs on a test system' },
  { id: 'uninstalls', label: 'Uninstalls again, and the former version works' },
  { id: 'applications', label: 'The business applications work' },
  { id: 'every-class', label: 'Installs and uninstalls on one system of every class of asset' },
] as const

const CLASSES = [
  ['critical', 3, 1],
  ['high', 4, 1],
  ['medium', 5, 2],
  ['low', 5, 3],
] as const

function classesOf({ preset }: Answers, people: readonly Member[]): string {
  const holds = (role: string): boolean => people.some(({ roles }) => roles.some((r) => r === role))
  // Security and operations decide, where both are there; who is there decides, where they are not.
  const seats = (['security', 'operations'] as const).filter(holds).map((role) => ({ role, count: 1 }))
  const quorum = seats.length > 0 ? seats : [{ role: 'manager', count: 1 }]
  const delayRole = (['operations', 'security', 'patch-team', 'manager'] as const).find(holds) ?? 'manager'
  const open = preset === 'pci-dss' ? ['', '    completeHours: 1440 # 60 days: pci-dss leaves it to you\n'] : ['', '']
  return CLASSES.map(
    ([name, tests, delays]) => `  ${name}:
${open[name === 'critical' ? 0 : 1]}    tests:
${TESTS.slice(0, tests)
  .map((test) => `      - ${flow(test)}\n`)
  .join('')}    quorum: ${flow(quorum)}
    delaysPerPerson: ${delays}
    delayRole: ${delayRole}
`,
  ).join('')
}

function windowsOf({ windows, groups, zone }: Answers): string {
  const spokenAll = [
    ...windows.map((text) => ({ spoken: understood(text), group: null })),
    ...groups.map(({ name, window }) => ({ spoken: understood(window), group: name })),
  ]
  const names = spokenAll.map(({ spoken, group }) => (group === null ? windowWords(spoken) : `${group}: ${windowWords(spoken)}`))
  const ids = unique(spokenAll.map(({ spoken, group }) => idOf(group ?? windowWords(spoken))))
  return list(spokenAll.map(({ spoken, group }, i) => ruleOf(ids[i] ?? '', names[i] ?? '', zone, spoken, group)))
}

const ruleOf = (id: string, name: string, zone: string, spoken: Spoken, group: string | null): WindowRule => ({
  id,
  name,
  zone,
  ...spoken,
  ...(group === null ? {} : { hosts: { assetClasses: [group] } }),
})

function understood(text: string): Spoken {
  const read = readWindow(text)
  return read.ok ? read.value : { weekdays: [], start: text, minutes: 0 }
}

function sourcesOf({ vendors, mailbox }: Answers): readonly NewSource[] {
  const known = vendors.flatMap((text) => {
    const read = readVendor(text)
    return read.ok ? [read.value] : []
  })
  const once = [
    ...new Map(
      [...known, ...(mailbox === null ? [] : [mailboxSource(mailbox)]), EXPLOITED].map((source) => [
        `${source.id} ${source.url ?? ''}`,
        source,
      ]),
    ).values(),
  ]
  const ids = unique(once.map(({ id }) => id))
  return once.map((source, i) => ({ ...source, id: ids[i] ?? source.id }))
}

/** What the clocks of a preset ask of the inventory; empty where the class alone decides. */
export const asksFor = (preset: Answers['preset']): string =>
  PRESET[preset].inputs.includes('exposed') ? 'Its deadlines ask which hosts face the internet: say so in the inventory (exposure).' : ''

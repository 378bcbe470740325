import { own } from '../own.ts'
import { type Policy, ROLES, type Role } from '../policy.ts'
import type { Facts, Finding } from './facts.ts'

/** What is wrong with the policy: its file, its buy-off, and whom and where it names. */
export function policyFindings(facts: Facts): readonly Finding[] {
  const policy = facts.data?.inForce?.policy
  return [
    ...fileFindings(facts),
    ...buyOffFindings(facts),
    ...(policy ? [...roleFindings(facts, policy), ...placeFindings(facts, policy)] : []),
  ]
}

function fileFindings({ policyFile }: Facts): readonly Finding[] {
  return (policyFile?.problems ?? []).map((what) => ({
    area: 'policy',
    what,
    why: 'A policy with a problem is not taken, not even in part; a bot does not start on it.',
    mend: `Mend the line, then: npm run -s patchcrier -- policy check ${policyFile?.file}`,
  }))
}

function buyOffFindings({ organisation, policyFile, data }: Facts): readonly Finding[] {
  if (!organisation || !data?.inForce) return []
  const { hash, approved } = data.inForce
  const found: Finding[] = []
  if (!approved)
    found.push({
      area: 'policy',
      what: 'The policy in force is not approved.',
      why: 'Every card says so, and no rollout begins.',
      mend: 'A manager presses "Approve" on the card of the policy, in the place of the management.',
    })
  if (policyFile?.hash && policyFile.hash !== hash)
    found.push(
      data.proposed === policyFile.hash
        ? {
            area: 'policy',
            what: `The version in ${policyFile.file} waits for its approval.`,
            why: 'Until then the version before decides.',
            mend: 'A manager approves or rejects it, in the place of the management.',
          }
        : {
            area: 'policy',
            what: `The policy in force is not the one in ${policyFile.file}.`,
            why: 'Who reads the file believes in rules that do not decide.',
            mend: 'A running bot proposes the file within a minute; a rejected version has to be changed first.',
          },
    )
  return found
}

const DUTIES: Readonly<Record<(typeof ROLES)[number], string>> = {
  'patch-team': 'classifies bulletins and makes plans',
  security: 'vouches for bulletins and approves',
  operations: 'tests, plans and approves',
  manager: 'approves the policy',
  representative: 'passes announcements on to a department',
  'end-user': 'is told, and may ask for a delay',
  admin: 'is told of failing sources and uncertain messages',
}

const roleFindings = ({ data }: Facts, { people, groups }: Policy): readonly Finding[] => {
  const seen = groups.filter((_, i) => (data?.seenInGroups[i] ?? 0) > 0)
  return ROLES.filter((role) => ![...people, ...seen].some(({ roles }) => roles.includes(role))).map((role) => ({
    area: 'roles',
    what: `Nobody has the role ${role}.`,
    why: `It ${DUTIES[role]}.`,
    mend: 'Give it to somebody in the policy: people[].roles.',
  }))
}

/** Roles by which one decides or tells. */
const DECIDING: readonly Role[] = ROLES.filter((role) => role !== 'end-user' && role !== 'representative')

/** What one should know of roles by groups; nothing is wrong with them. */
export function groupNotes(groups: Policy['groups'], seen: readonly number[] | null): readonly string[] {
  const deciding = groups.flatMap(({ platform, name, roles }) => {
    const given = roles.filter((role) => DECIDING.includes(role))
    return given.length === 0
      ? []
      : [`Whoever may edit the group "${name}" on ${platform} can give themselves ${given.join(' and ')}; keep that to few people.`]
  })
  const unseen = groups
    .filter((_, i) => seen?.[i] === 0)
    .map(
      ({ platform, name }) =>
        `Nobody was seen in the group "${name}" on ${platform} (lately): its roles come with its members' first click.`,
    )
  return [...deciding, ...unseen, ...tooMany(groups)]
}

/** Slack lets a bot read twenty groups a minute, and each is read once in it. */
const MOST_SLACK_GROUPS = 20

function tooMany(groups: Policy['groups']): readonly string[] {
  const many = groups.filter(({ platform }) => platform === 'slack').length
  if (many <= MOST_SLACK_GROUPS) return []
  return [
    `${many} groups on slack have roles, and Slack lets ${MOST_SLACK_GROUPS} be read a minute: their members may be refused for a while. Give the roles to fewer groups.`,
  ]
}

function placeFindings({ platforms }: Facts, { places }: Policy): readonly Finding[] {
  const dark = places.filter(({ platform }) => !platforms.includes(platform))
  return dark.map(({ name, platform, audience }) => ({
    area: 'places',
    what: `The place "${name}" is on ${platform}, which is not connected.`,
    why: `What is told to the ${audience} there waits and reaches nobody.`,
    mend: own(CONNECT, platform) ?? 'Put the place on a platform that is connected.',
  }))
}

const CONNECT: Readonly<Record<string, string>> = {
  slack: 'Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (adapters/slack/README.md), or put the place on another platform.',
}

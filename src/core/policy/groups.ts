import { sha256Hex } from '../canonical.ts'
import type { Person, Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import { EVERYONE, ROLES, type Role } from './fields.ts'

/** That an account was seen in a group of its platform; where it was not looked up anew since, it may have left it. */
export interface Proof {
  readonly platform: string
  readonly ref: string
  readonly at: Instant
}

/** Somebody of whom a platform has proved an address and groups; the policy may name the same person by the address. */
export interface Member {
  readonly id: string
  /** In lower case. */
  readonly email: string
  readonly name: string
  readonly zone: string
  readonly proofs: readonly Proof[]
  /** What the groups gave when it was last written down for auditors. */
  readonly roles: readonly Role[]
  /** Raised by every save. */
  readonly version: number
}

export type Group = Policy['groups'][number]

const DAY_MS = 86_400_000
/** How much of its time a proof may use up before a click renews it: not every click writes. */
const RENEWED_AFTER = 0.25

/**
 * Id of whom no policy names, by their address: the same at any time, and with a dot, which no id of a policy has. So somebody who is
 * named later is known to be the same human.
 */
export function memberId(email: string): string {
  const slug = (email.split('@')[0] ?? '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return `${slug.slice(0, 30) || 'member'}.${sha256Hex(email).slice(0, 10)}`
}

export const isMemberId = (id: string): boolean => id.includes('.')

/** Groups of the policy that an account is in. Adapters bring no guest and nobody deactivated, so each is one of everyone. */
export const groupsOf = (
  { groups }: Policy,
  account: { readonly platform: string; readonly groups: readonly string[] },
): readonly Group[] =>
  groups.filter(({ platform, ref }) => platform === account.platform && (ref === EVERYONE || account.groups.includes(ref)))

/** What the account's platform proves now, beside what other platforms have proved. */
export const provedBy = (
  before: readonly Proof[],
  platform: string,
  groups: readonly Pick<Group, 'platform' | 'ref'>[],
  at: Instant,
): readonly Proof[] => [...before.filter((proof) => proof.platform !== platform), ...groups.map(({ ref }) => ({ platform, ref, at }))]

/** Is that still what was proved, and lately? Then a click need not write it down again. */
export function stillProved(proofs: readonly Proof[], platform: string, groups: readonly Group[], policy: Policy, now: Date): boolean {
  const mine = proofs.filter((proof) => proof.platform === platform)
  const oldest = now.getTime() - policy.groupRoleDays * DAY_MS * RENEWED_AFTER
  return (
    mine.length === groups.length &&
    groups.every(({ ref }) =>
      mine.some((proof) => proof.ref === ref && Date.parse(proof.at) >= oldest && Date.parse(proof.at) <= now.getTime()),
    )
  )
}

/** Groups that give their roles now: the policy names them, and the proof has not lapsed. */
export const heldGroups = (policy: Policy, proofs: readonly Proof[], now: Date): readonly Group[] =>
  policy.groups.filter((group) => proofs.some((proof) => sameGroup(proof, group) && lapseOf(proof, policy) > now.getTime()))

const sameGroup = (a: Pick<Proof, 'platform' | 'ref'>, b: Pick<Proof, 'platform' | 'ref'>): boolean =>
  a.platform === b.platform && a.ref === b.ref

const lapseOf = ({ at }: Proof, { groupRoleDays }: Policy): number => Date.parse(at) + groupRoleDays * DAY_MS

/** The roles that groups give, in the order of ROLES. */
export function rolesBy(groups: readonly Group[]): readonly Role[] {
  return ROLES.filter((role) => groups.some(({ roles }) => roles.includes(role)))
}

/** What a member's groups give now, and from when on it may be otherwise. */
export interface Held {
  readonly roles: readonly Role[]
  /** Milliseconds since 1970. */
  readonly until: number
}

export function heldBy(policy: Policy, { proofs }: Member, now: Date): Held {
  const lapses = proofs.map((proof) => lapseOf(proof, policy)).filter((lapse) => lapse > now.getTime())
  return { roles: rolesBy(heldGroups(policy, proofs, now)), until: Math.min(Number.POSITIVE_INFINITY, ...lapses) }
}

/**
 * The people whom the rules see: those whom the policy names, with what their groups give them beside, then everybody else of the groups.
 * Who has lost all roles stays, without any: cards of former days tell their name. `until`: from when on it may be otherwise.
 * `held`: what each holds now.
 */
export function peopleWith(
  policy: Policy,
  members: ReadonlyMap<string, Member>,
  held: (member: Member) => Held,
): { readonly people: readonly Person[]; readonly until: number } {
  const named = new Set(policy.people.map(({ email }) => email.toLowerCase()))
  const people = policy.people.map((person) => {
    const member = members.get(person.email.toLowerCase())
    return member ? withGranted(person, held(member).roles) : person
  })
  let until = Number.POSITIVE_INFINITY
  for (const [email, member] of members) {
    const { roles, until: lapse } = held(member)
    until = Math.min(until, lapse)
    if (!named.has(email)) people.push(asPerson(member, roles))
  }
  return { people, until }
}

function withGranted(person: Person, roles: readonly Role[]): Person {
  const granted = roles.filter((role) => !person.roles.includes(role))
  return granted.length === 0 ? person : { ...person, roles: [...person.roles, ...granted], granted }
}

const asPerson = ({ id, name, email, zone }: Member, granted: readonly Role[]): Person => ({
  id,
  name,
  email,
  zone,
  roles: [...granted],
  granted,
})

/**
 * The person behind an id, also behind the id that they had as a member before the policy named them: then under that id, as one who
 * acts for the person, so that both are one human.
 */
export function personOf({ people }: Pick<Policy, 'people'>, id: string): Person | undefined {
  const person = people.find((one) => one.id === id)
  if (person || !isMemberId(id)) return person
  const named = people.find((one) => !isMemberId(one.id) && memberId(one.email.toLowerCase()) === id)
  return named && { ...named, id, delegateOf: named.delegateOf ?? named.id }
}

/** Whom the policy itself names; those of its groups come after them. */
export const namedPeople = <P extends Pick<Person, 'id'>>(people: readonly P[]): readonly P[] => people.filter(({ id }) => !isMemberId(id))

import type { House } from '../app/house.ts'
import { EVERYONE } from '../core/policy/fields.ts'
import type { Policy } from '../core/policy.ts'
import type { Directory } from '../ports.ts'

type Platform = Policy['places'][number]['platform']

/** Who and where on one platform, by the policy in force at the time of each question. */
export function directoryOf(house: House, platform: Platform): Directory {
  const policy = (): Policy => house.inForce.policy
  return {
    emailByPerson: (id) =>
      policy()
        .people.find((person) => person.id === id)
        ?.email.toLowerCase() ?? null,
    placeByRef: (ref) => policy().places.find((place) => place.platform === platform && place.ref === ref)?.id ?? null,
    groups: () => groupsOn(policy(), platform).map(({ ref }) => ref),
    groupByRole: (role) =>
      groupsOn(policy(), platform)
        .filter(({ roles }) => roles.some((one) => one === role))
        // The smallest says best whom it is meant for.
        .toSorted((a, b) => a.roles.length - b.roles.length)[0]?.ref ?? null,
  }
}

/** Groups that the platform has to be asked about: who is one of everyone needs no look. */
const groupsOn = ({ groups }: Policy, platform: Platform): Policy['groups'] =>
  groups.filter((group) => group.platform === platform && group.ref !== EVERYONE)

/** Ids of the policy's places on a platform. */
export const placesOn = (house: House, platform: Platform): readonly string[] =>
  house.inForce.policy.places.filter((place) => place.platform === platform).map(({ id }) => id)

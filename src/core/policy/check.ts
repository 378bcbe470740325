import { IANAZone } from 'luxon'
import type { Policy } from '../policy.ts'

/** What is wrong, and where in the policy. */
export interface PolicyProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

function repeated(path: readonly string[], ids: readonly string[]): PolicyProblem[] {
  return ids.flatMap((id, i) => (ids.indexOf(id) < i ? [{ path: [...path, i], message: `"${id}" is there twice` }] : []))
}

function badZones(policy: Policy): PolicyProblem[] {
  const zones = [
    { path: ['zone'], zone: policy.zone },
    ...policy.people.map(({ zone }, i) => ({ path: ['people', i, 'zone'], zone })),
    ...policy.windows.map(({ zone }, i) => ({ path: ['windows', i, 'zone'], zone })),
  ]
  return zones
    .filter(({ zone }) => !IANAZone.isValidZone(zone))
    .map(({ path, zone }) => ({ path, message: `expected an IANA zone such as Europe/Berlin, received "${zone}"` }))
}

/** A delegate of a delegate would make it unclear who is one person. */
function badDelegates({ people }: Policy): PolicyProblem[] {
  return people.flatMap(({ id, delegateOf }, i) => {
    if (delegateOf === undefined) return []
    const principal = people.find((person) => person.id === delegateOf)
    const path = ['people', i, 'delegateOf']
    if (principal === undefined) return [{ path, message: `expected the id of a person, received "${delegateOf}"` }]
    if (principal.id === id) return [{ path, message: 'nobody is their own delegate' }]
    return principal.delegateOf === undefined ? [] : [{ path, message: `"${delegateOf}" is a delegate and cannot delegate further` }]
  })
}

function badClasses({ classes }: Policy): PolicyProblem[] {
  return Object.entries(classes).flatMap(([name, rule]) => [
    ...repeated(
      ['classes', name, 'tests'],
      rule.tests.map((test) => test.id),
    ),
    ...(rule.startHours !== null && rule.startMonths !== undefined
      ? [{ path: ['classes', name, 'startMonths'], message: 'give startHours or startMonths, not both' }]
      : []),
  ])
}

function badBlackouts({ blackouts }: Policy): PolicyProblem[] {
  return blackouts.flatMap(({ from, to }, i) =>
    Date.parse(from) < Date.parse(to)
      ? []
      : [{ path: ['blackouts', i, 'to'], message: `expected an instant after ${from}, received ${to}` }],
  )
}

/** What a schema cannot say about one field alone: ids used once, references that lead somewhere, zones that exist. All problems at once. */
export function policyProblems(policy: Policy): readonly PolicyProblem[] {
  return [
    ...repeated(
      ['people'],
      policy.people.map(({ id }) => id),
    ),
    ...repeated(
      ['people'],
      policy.people.map(({ email }) => email),
    ),
    ...repeated(
      ['places'],
      policy.places.map(({ id }) => id),
    ),
    ...repeated(
      ['windows'],
      policy.windows.map(({ id }) => id),
    ),
    ...repeated(
      ['rings'],
      policy.rings.map(({ id }) => id),
    ),
    ...repeated(
      ['sources'],
      policy.sources.map(({ id }) => id),
    ),
    ...badZones(policy),
    ...badDelegates(policy),
    ...badClasses(policy),
    ...badBlackouts(policy),
  ]
}

import { groupProblems } from './check-groups.ts'
import { peopleProblems } from './check-people.ts'
import { badSources } from './check-sources.ts'
import { timeProblems } from './check-times.ts'
import { AUDIENCES } from './fields.ts'
import { type LoosePolicy, loosely, type PolicyProblem } from './loose.ts'

export type { PolicyProblem } from './loose.ts'

/**
 * What a schema cannot say about one field alone: ids used once, references that lead somewhere, zones and schedules that exist, quorums
 * that can be filled. All problems at once, also of a policy whose parts are not all readable. `sample`: the sample brings its files along.
 */
export function policyProblems(value: unknown, { sample }: { readonly sample: boolean } = { sample: true }): readonly PolicyProblem[] {
  const policy = loosely(value)
  return [
    ...repeatedIds(policy),
    ...timeProblems(policy),
    ...peopleProblems(policy),
    ...groupProblems(policy),
    ...missingPlaces(policy),
    ...badStarts(policy),
    ...badRings(policy),
    ...badSources(policy, sample),
  ]
}

function repeated(path: readonly (string | number)[], what: string, values: readonly (string | undefined)[]): readonly PolicyProblem[] {
  return values.flatMap((value, i) =>
    value !== undefined && values.indexOf(value) < i
      ? [{ path: [...path, i, what], message: `expected another one: "${value}" is there twice` }]
      : [],
  )
}

function repeatedIds({
  people = [],
  places = [],
  windows = [],
  rings = [],
  sources = [],
  classes = {},
}: LoosePolicy): readonly PolicyProblem[] {
  return [
    ...Object.entries({ people, places, windows, rings, sources }).flatMap(([name, members]) =>
      repeated(
        [name],
        'id',
        members.map(({ id }) => id),
      ),
    ),
    ...repeated(
      ['people'],
      'email',
      people.map(({ email }) => email?.toLowerCase()),
    ),
    // Everything would be said twice there.
    ...repeated(
      ['places'],
      'ref',
      places.map(({ platform, ref }) => (platform === undefined || ref === undefined ? undefined : `${platform} ${ref}`)),
    ),
    ...Object.entries(classes).flatMap(([name, { tests = [] }]) =>
      repeated(
        ['classes', name, 'tests'],
        'id',
        tests.map(({ id }) => id),
      ),
    ),
  ]
}

/** What is told to an audience without a place is told to nobody. */
function missingPlaces({ places }: LoosePolicy): readonly PolicyProblem[] {
  if (places === undefined) return []
  return AUDIENCES.filter((audience) => !places.some((place) => place.audience === audience)).map((audience) => ({
    path: ['places'],
    message: `expected at least one place for the audience "${audience}", got none`,
  }))
}

function badStarts({ classes = {} }: LoosePolicy): readonly PolicyProblem[] {
  return Object.entries(classes).flatMap(([name, { startHours, startMonths, completeHours }]) => {
    if (typeof startHours !== 'number') return []
    if (startMonths !== undefined)
      return [{ path: ['classes', name, 'startMonths'], message: 'expected startHours or startMonths, got both' }]
    return typeof completeHours === 'number' && startHours > completeHours
      ? [{ path: ['classes', name, 'startHours'], message: `expected at most completeHours (${completeHours}), got ${startHours}` }]
      : []
  })
}

function badRings({ rings = [] }: LoosePolicy): readonly PolicyProblem[] {
  return rings
    .slice(0, -1)
    .flatMap(({ share }, i) =>
      share === 1
        ? [{ path: ['rings', i, 'share'], message: 'expected less than 1 before the last ring: the rings after it would never get a host' }]
        : [],
    )
}

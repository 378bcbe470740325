import { nameOf, subjectOf } from '../../cards/words.ts'
import type { BaselineEntry } from '../../core/assess/baseline.ts'
import { unvouched } from '../../core/change/bulletins.ts'
import { OVER } from '../../core/change/guard.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { HostProgress } from '../../core/deploy/progress.ts'
import { aboutOf, mayOversee, type OtherTask, overviewOf } from '../../core/overview/overview.ts'
import type { CardLink, Overview, SourceLine } from '../../core/overview/view.ts'
import type { Audience, Policy } from '../../core/policy.ts'
import { allow, type Instant, type Ruled } from '../../core/result.ts'
import { readSourceState, sourceSubject } from '../bulletins/source-state.ts'
import { readBaselines } from '../change/baseline.ts'
import { exemptHosts } from '../change/exemptions.ts'
import { changeSubject } from '../change/rows.ts'
import { planPurpose } from '../chat/show.ts'
import type { House } from '../house.ts'
import { readFleet } from '../inventory/read.ts'
import { policySubject, readVersions } from '../policy/versions.ts'
import { standingOf } from '../rollout/standing.ts'

/**
 * Reads everything, and lets core say how it stands. Writes nothing.
 * @param wanted `what is open` leaves out how compliant the inventory is, which takes a look at every host
 */
export async function overviewFor(
  house: House,
  personId: string,
  wanted: 'everything' | 'what is open' = 'everything',
): Promise<Ruled<Overview>> {
  const { policy, approved } = house.inForce
  const person = mayOversee(policy, personId)
  if (!person.ok) return person
  const now = house.clock.now().toISOString()
  const states = await openChanges(house)
  const [hosts, standings, baselines, sources, held, delays, versions] = await Promise.all([
    hostsOf(house, states),
    Promise.all(states.map((state) => standingOf(house, house.db, state))),
    readBaselines(house.db),
    sourceLines(house),
    heldTasks(house),
    delayTasks(house, states),
    policyTasks(house),
  ])
  const others = [...held, ...delays, ...versions, ...failingTasks(sources)]
  const links = await cardLinks(house, [...states.map(({ id }) => changeSubject(id)), ...others.map(({ subject }) => subject)])
  const overview = overviewOf(
    {
      now,
      policy,
      approved,
      changes: states.map((state, i) => ({
        state,
        name: subjectOf(state),
        hosts: hosts.get(state.id) ?? [],
        policy: standings[i]?.policy ?? policy,
        card: links(changeSubject(state.id), purposeOf(state, now), 'patch team'),
      })),
      others: others.map(({ subject, audience, ...task }) => ({ ...task, card: links(subject, null, audience) })),
      assets: wanted === 'everything' ? await fleetOf(house, baselines) : [],
      baselines,
      exempt: await exemptHosts(house.db, house.clock.now()),
      sources,
    },
    person.value,
  )
  return allow(overview)
}

const fleetOf = (house: House, baselines: readonly BaselineEntry[]) =>
  readFleet(
    house.db,
    baselines.map(({ product }) => product),
  )

/** Older versions than these are decided on. */
const RECENT_VERSIONS = 10

/** A task whose card is still to be found: that of `subject`, in the place of `audience`. */
type Unlinked = Omit<OtherTask, 'card'> & { readonly subject: string; readonly audience: Audience }

async function openChanges(house: House): Promise<readonly ChangeState[]> {
  const rows = await house.db.change.findMany({ where: { phase: { notIn: [...OVER] } }, orderBy: { id: 'asc' } })
  return rows.map(({ state }) => state as unknown as ChangeState)
}

async function hostsOf(house: House, states: readonly ChangeState[]): Promise<ReadonlyMap<number, readonly HostProgress[]>> {
  const rows = await house.db.rolloutHost.findMany({
    where: { changeId: { in: states.map(({ id }) => id) } },
    orderBy: [{ ring: 'asc' }, { host: 'asc' }],
  })
  const groups = Map.groupBy(rows, ({ changeId }) => changeId)
  return new Map([...groups].map(([id, of]) => [id, of.map(({ state }) => state as unknown as HostProgress)]))
}

/** The purpose of the card that a change's next step is made on. */
function purposeOf(state: ChangeState, now: Instant): string {
  const { digest = '', plan } = state.submission ?? {}
  switch (state.phase) {
    case 'testing':
    case 'planning':
      return unvouched(state).length > 0 ? 'alert' : 'test'
    case 'deciding':
      // A plan whose window is over is replaced where it was made.
      return plan && Date.parse(plan.window.end) <= Date.parse(now) ? 'test' : planPurpose('decision', digest)
    case 'approved':
      return planPurpose('decision', digest)
    case 'announced':
    case 'rolling out':
      return planPurpose('progress', digest)
    case 'reviewing':
      return planPurpose('review', digest)
    default:
      return 'alert'
  }
}

type Links = (subject: string, purpose: string | null, audience: Audience) => CardLink | null

/** Finds what is shown of a subject in the place of an audience: the card of a purpose, else its latest one. */
async function cardLinks(house: House, subjects: readonly string[]): Promise<Links> {
  const posts = await house.db.post.findMany({
    where: { subject: { in: [...subjects] }, shown: { gt: 0 }, status: { not: 'gone' } },
    select: { id: true, subject: true, purpose: true, placeId: true },
    orderBy: { id: 'asc' },
  })
  const bySubject = Map.groupBy(posts, ({ subject }) => subject)
  const { places } = house.inForce.policy
  return (subject, purpose, audience) => {
    const here = (bySubject.get(subject) ?? []).filter(({ placeId }) => places.find(({ id }) => id === placeId)?.audience === audience)
    const post = here.find((one) => one.purpose === purpose) ?? here.at(-1)
    return post ? { place: post.placeId, post: `${post.id}` } : null
  }
}

async function sourceLines(house: House): Promise<readonly SourceLine[]> {
  return Promise.all(
    house.inForce.policy.sources.map(async ({ id, name }): Promise<SourceLine> => {
      const { lastGoodAt, failingSince, silentSince, dropped, poison } = await readSourceState(house, id)
      const state = failingSince !== null ? 'failing' : silentSince !== null ? 'silent' : lastGoodAt !== null ? 'good' : 'not asked'
      return { id, name, state, lastGoodAt, since: failingSince ?? silentSince, dropped: dropped.length + poison.length }
    }),
  )
}

const failingTasks = (sources: readonly SourceLine[]): readonly Unlinked[] =>
  sources
    .filter(({ state }) => state === 'failing' || state === 'silent')
    .map(({ id, name, state }) => ({
      role: 'admin',
      notFor: [],
      audience: 'admin',
      text: `Look at a ${state} source`,
      about: name,
      due: null,
      subject: sourceSubject(id),
    }))

/** Versions of the policy that managers have not decided on: a proposal, or the first one. */
async function policyTasks(house: House): Promise<readonly Unlinked[]> {
  const versions = await readVersions(house.db, RECENT_VERSIONS)
  return versions
    .filter(({ status, approvedAt, rejection }) => rejection === null && approvedAt === null && status !== 'superseded')
    .map(({ id, status, approvals }) => ({
      role: 'manager',
      notFor: approvals.map(({ person }) => person),
      audience: 'management',
      text: 'Approve or reject the policy',
      about: status === 'in force' ? `version ${id}: nothing is rolled out before` : `version ${id}`,
      due: null,
      subject: policySubject(id),
    }))
}

async function heldTasks(house: House): Promise<readonly Unlinked[]> {
  const rows = await house.db.bulletin.findMany({
    // One that was contradicted later keeps its change.
    where: {
      OR: [{ origin: 'held' }, { current: true, verdict: { in: ['QUARANTINED', 'BOGUS'] }, change: { phase: { notIn: [...OVER] } } }],
    },
    select: { id: true, fileName: true, discarded: true },
    orderBy: { id: 'asc' },
  })
  return rows
    .filter(({ discarded }) => discarded === null)
    .map(({ id, fileName }) => ({
      role: 'security',
      notFor: [],
      audience: 'security',
      text: 'Look at a held document',
      about: fileName,
      due: null,
      subject: `bulletin:${id}`,
    }))
}

/** Somebody wants a deployment to be moved, and waits for an answer. */
async function delayTasks(house: House, states: readonly ChangeState[]): Promise<readonly Unlinked[]> {
  const { policy } = house.inForce
  const rows = await house.db.delayRequest.findMany({ where: { decidedAt: null }, orderBy: { id: 'asc' } })
  return rows.flatMap(({ id, changeId, person }) => {
    const state = states.find((one) => one.id === changeId)
    const role = state?.classification && delayRoleOf(policy, state.classification.class)
    if (!state || !role) return []
    const about = `${nameOf(policy, person)}: ${aboutOf({ name: subjectOf(state), id: changeId })}`
    const due = state.submission?.plan.window.start ?? null
    return [{ role, notFor: [person], audience: 'patch team', text: 'Decide on a request for a delay', about, due, subject: `delay:${id}` }]
  })
}

const delayRoleOf = (policy: Policy, changeClass: keyof Policy['classes']): OtherTask['role'] => policy.classes[changeClass].delayRole

import { proposeForAll } from '../evaluate/classification.ts'
import type { Vulnerability } from '../identify/bulletin.ts'
import { bulletinsOf, sameBulletin, withBulletin } from './bulletins.ts'
import type { ChangeEvent } from './command.ts'
import { settleElsewhere } from './evolve-elsewhere.ts'
import { testAgain } from './evolve-plan.ts'
import { afterRevision } from './patch-files.ts'
import type { BulletinFacts, ChangeState } from './state.ts'
import { buildsOf } from './unite.ts'

/** A later revision of one of the bulletins; the hosts are those of all of them. */
export function revised(state: ChangeState, event: Extract<ChangeEvent, { kind: 'bulletin revised' }>): ChangeState {
  const news = hasNewBuilds(state, event)
  const facts = keepExploited(state, event.bulletin)
  const files = state.patchFiles && !speaksAsBefore(state, event) ? { patchFiles: afterRevision(state.patchFiles) } : {}
  const after = { ...withBulletin(news ? testAgain(state) : state, facts), hosts: event.hosts, ...files }
  return proposed(settleElsewhere(after, news))
}

/**
 * The very bytes, and as far to be trusted: what they prove of a file they prove still. A hash is no fact that people are told of, so that other
 * bytes may name another one without any difference.
 */
function speaksAsBefore(state: ChangeState, { bulletin, differences }: Extract<ChangeEvent, { kind: 'bulletin revised' }>): boolean {
  const before = bulletinsOf(state).find((b) => sameBulletin(b, bulletin))
  const fell = before?.verdict === 'AUTHENTIC' && bulletin.verdict !== 'AUTHENTIC'
  return differences.length === 0 && before?.digest === bulletin.digest && !fell
}

/** Does the revision bring a build that the hosts were not to get before? Tests of the former builds say nothing about it. */
function hasNewBuilds(state: ChangeState, { hosts, differences }: Extract<ChangeEvent, { kind: 'bulletin revised' }>): boolean {
  const known = buildsOf(state.hosts)
  return differences.length > 0 && [...buildsOf(hosts)].some((build) => !known.has(build))
}

/** What a catalogue has said of a vulnerability holds, whatever the publisher's next revision leaves open or denies. */
function keepExploited(state: ChangeState, facts: BulletinFacts): BulletinFacts {
  const before = bulletinsOf(state).find((b) => sameBulletin(b, facts))
  const told = new Map((before?.vulnerabilities ?? []).map((v) => [v.cve, v]))
  const keep = (v: Vulnerability): Vulnerability => {
    const old = told.get(v.cve)
    const holds = old?.knownExploited === 'yes' || (old?.knownExploited === 'no' && v.knownExploited === 'unknown')
    return old && holds ? withExploited(v, old) : v
  }
  return { ...facts, vulnerabilities: facts.vulnerabilities.map(keep) }
}

/** What is said of exploitation. A listing that was taken back has no day. */
type Exploitation = Pick<Vulnerability, 'knownExploited' | 'exploitedEvidence' | 'exploitedSince'>

function withExploited(v: Vulnerability, { knownExploited, exploitedEvidence, exploitedSince }: Exploitation): Vulnerability {
  const { exploitedSince: _, ...rest } = v
  return {
    ...rest,
    knownExploited,
    ...(exploitedEvidence === undefined ? {} : { exploitedEvidence }),
    ...(exploitedSince === undefined ? {} : { exploitedSince }),
  }
}

/** What a catalogue says of one vulnerability, laid over every bulletin that names it. The proposal follows. */
export function exploitedIs(state: ChangeState, cve: string, said: Exploitation): ChangeState {
  const told = <T extends BulletinFacts>(b: T): T => ({
    ...b,
    vulnerabilities: b.vulnerabilities.map((v) => (v.cve === cve ? withExploited(v, said) : v)),
  })
  return proposed({ ...state, bulletin: told(state.bulletin), bulletins: state.bulletins.map(told) })
}

const proposed = (state: ChangeState): ChangeState => ({ ...state, proposal: proposeForAll(bulletinsOf(state)) })

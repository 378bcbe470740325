import { isThisRealCard } from '../../cards/announcement.ts'
import type { Card } from '../../cards/card.ts'
import {
  AFFECTED_A_PAGE,
  affectedCard,
  affectedLines,
  detailsCard,
  evidenceCard,
  VULNERABILITIES_A_PAGE,
  vulnerabilitiesCard,
} from '../../cards/details.ts'
import { fullPlanCard, PLAN_A_PAGE, planLines } from '../../cards/full-plan.ts'
import { changesCard } from '../../cards/lists.ts'
import { DIFFERENCES_A_PAGE, differencesCard } from '../../cards/policy.ts'
import { failedHostsCard, HOSTS_A_PAGE, hostsCard } from '../../cards/progress.ts'
import { ACTS_A_PAGE, timelineCard } from '../../cards/review.ts'
import { rehearsalBadge, shortTitle } from '../../cards/words.ts'
import { bulletinsOf } from '../../core/change/bulletins.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import type { Verification } from '../../core/identify/verification.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person, Role } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { changeSubject, readChange, readHosts } from '../change/rows.ts'
import type { House } from '../house.ts'
import { differencesOf } from '../policy/view.ts'
import { failureView } from '../rollout/failures.ts'
import { askedPage } from './pages.ts'
import { readSubject, type Subject } from './subject.ts'

/** Buttons that only look. They answer privately and write nothing. */
const QUERIES = [
  'details',
  'affected',
  'evidence',
  'full-plan',
  'hosts',
  'failed-hosts',
  'timeline',
  'is-this-real',
  'show-change',
  'policy-differences',
] as const
type Query = (typeof QUERIES)[number]
/** Those that look behind a change. */
type ChangeQuery = Exclude<Query, 'policy-differences' | 'affected' | 'hosts' | 'failed-hosts' | 'details' | 'evidence'>

export const isQuery = (verb: string): verb is Query => (QUERIES as readonly string[]).includes(verb)

const no = (code: string, text: string): Outcome => ({ ok: false, refusal: { code, text } })
const show = (card: Card): Outcome => ({ ok: true, cards: [card] })

/** Who may look behind a card. `is-this-real` is everybody's. */
const LOOKERS: readonly Role[] = ['patch-team', 'security', 'operations', 'manager', 'admin', 'representative']

export async function answerQuery(house: House, intent: Intent, actor: Person): Promise<Outcome> {
  if (intent.verb !== 'is-this-real' && !actor.roles.some((r) => LOOKERS.includes(r)))
    return no('ROLE_MISSING', 'This is for the patch team. Ask them, or press "Is this real?" on the announcement.')
  if (intent.verb === 'policy-differences') return aboutPolicy(house, intent)
  const subject = readSubject(intent.subject, intent.verb === 'failed-hosts' ? ['failure'] : ['change', 'bulletin'])
  if (!subject.ok) return subject
  if (intent.verb === 'evidence' || intent.verb === 'details') return aboutBulletins(house, subject.value, intent.verb, actor)
  const state = subject.value.kind !== 'bulletin' ? await readChange(house.db, subject.value.number) : null
  if (!state) return no('CHANGE_UNKNOWN', `There is no change ${subject.value.number}. Try \`changes\`.`)
  if (intent.verb === 'affected') return badged(state, aboutAffected(state, subject.value.key))
  if (intent.verb === 'hosts') return badged(state, await aboutHosts(house, state, subject.value.key))
  if (intent.verb === 'failed-hosts') return badged(state, await aboutFailure(house, state, subject.value.key))
  const outcome = aboutChange(house, state, intent.verb as ChangeQuery, subject.value.key, intent.digest)
  return badged(state, outcome)
}

/** What is shown of a drill says that it is one. */
const badged = (state: ChangeState, outcome: Outcome): Outcome =>
  state.drill && outcome.ok ? { ok: true, cards: outcome.cards.map((c) => ({ ...c, badges: rehearsalBadge(state) })) } : outcome

/** `key` names the page, as "Show more" carries it: `page-2`. */
function aboutAffected(state: ChangeState, key: string): Outcome {
  const page = askedPage(key, `affected ${state.id}`, AFFECTED_A_PAGE, affectedLines(state.hosts))
  return page.ok ? show(affectedCard(shortTitle(state.bulletin.title), state.hosts, changeSubject(state.id), page.value)) : page
}

async function aboutHosts(house: House, state: ChangeState, key: string): Promise<Outcome> {
  if (!state.submission) return no('PLAN_UNKNOWN', `Change ${state.id} has no plan yet.`)
  const hosts = await readHosts(house.db, state.id)
  const page = askedPage(key, 'hosts', HOSTS_A_PAGE, hosts.length)
  return page.ok ? show(hostsCard(state.id, hosts, state.submission.plan, page.value)) : page
}

/** `key` names the group, and its page: `ring-2-ab12cd34-page-2`. */
async function aboutFailure(house: House, state: ChangeState, key: string): Promise<Outcome> {
  const [, group = key, number = ''] = /^(.+?)-(page-\d+)$/.exec(key) ?? []
  const post = await house.db.post.findFirst({ where: { subject: changeSubject(state.id), purpose: `failure:${group}` } })
  if (!post || !state.submission) return no('FAILURE_UNKNOWN', 'There is no such group of hosts.')
  const hosts = await readHosts(house.db, state.id)
  const view = failureView(post.payload, hosts)
  const page = askedPage(number, 'hosts', HOSTS_A_PAGE, view.hosts.length)
  return page.ok ? show(failedHostsCard(state.id, view, hosts, state.submission.plan, page.value)) : page
}

async function aboutPolicy(house: House, intent: Intent): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['policy'])
  if (!subject.ok) return subject
  const { number, key } = subject.value
  const differences = await differencesOf(house, number)
  if (!differences) return no('POLICY_UNKNOWN', `There is no policy ${number} with one before it. Type \`policy\`.`)
  const page = askedPage(key, 'differences', DIFFERENCES_A_PAGE, differences.length)
  return page.ok ? show(differencesCard(number, differences, page.value)) : page
}

/** Of a change with several bulletins all are shown, the leading one first. */
async function aboutBulletins(house: House, subject: Subject, verb: 'evidence' | 'details', actor: Person): Promise<Outcome> {
  const state = subject.kind === 'change' ? await readChange(house.db, subject.number) : null
  const rows = subject.kind === 'bulletin' ? [subject.number] : state ? bulletinsOf(state).map((b) => b.rowId) : []
  const outcomes = await Promise.all(rows.map((row) => aboutBulletin(house, row, verb, actor, subject.key)))
  const refused = outcomes.find((o) => !o.ok)
  if (refused) return refused
  if (outcomes.length === 0) return no('BULLETIN_UNKNOWN', 'There is no such bulletin.')
  return { ok: true, cards: outcomes.flatMap((o) => (o.ok ? o.cards : [])) }
}

/** Who tells of a bulletin, each with what is proved of what they say. */
async function origins(house: House, story: string): Promise<readonly string[]> {
  if (story === '') return []
  const rows = await house.db.bulletin.findMany({ where: { story, current: true, origin: { not: 'held' } }, orderBy: { id: 'asc' } })
  const name = (source: string): string => house.inForce.policy.sources.find((s) => s.id === source)?.name ?? source
  return rows.map((row) => `${name(row.source)} (${row.verdict})`)
}

/** `key` names a page of its vulnerabilities, as their button carries it. */
export async function aboutBulletin(house: House, rowId: number, verb: 'evidence' | 'details', actor: Person, key = ''): Promise<Outcome> {
  const row = await house.db.bulletin.findUnique({ where: { id: rowId } })
  if (!row) return no('BULLETIN_UNKNOWN', `There is no bulletin ${rowId}. Try \`bulletins\`.`)
  if (row.origin === 'held' && !actor.roles.includes('security'))
    return no('ROLE_MISSING', 'This document is held. Only security looks into it.')
  if (verb === 'evidence')
    return show(
      evidenceCard(
        row.document ? row.vendorId : row.fileName,
        row.verification as unknown as Verification,
        await origins(house, row.story),
      ),
    )
  if (!row.document) return no('NOT_READ', 'This document was not read, because it does not verify. Look at its evidence.')
  const bulletin = row.document as unknown as Bulletin
  if (key === '') return show(detailsCard(bulletin, rowId))
  const page = askedPage(key, 'vulnerabilities', VULNERABILITIES_A_PAGE, bulletin.vulnerabilities.length)
  return page.ok ? show(vulnerabilitiesCard(bulletin, rowId, page.value)) : page
}

function aboutChange(house: House, state: ChangeState, verb: ChangeQuery, key: string, digest: string | undefined): Outcome {
  const { policy } = house.inForce
  switch (verb) {
    case 'show-change':
      return show(changesCard([state]))
    case 'full-plan': {
      const submission = [state.submission, ...state.pastSubmissions].find((s) => s && (digest === undefined || s.digest === digest))
      if (!submission) return no('PLAN_UNKNOWN', 'There is no such plan (any more).')
      const page = askedPage(key, 'plan', PLAN_A_PAGE, planLines(submission.plan))
      return page.ok ? show(fullPlanCard(state, submission, page.value)) : page
    }
    case 'timeline': {
      const page = askedPage(key, 'timeline', ACTS_A_PAGE, state.acts.length)
      return page.ok ? show(timelineCard(state, policy, page.value)) : page
    }
    case 'is-this-real':
      return state.announcement
        ? show(isThisRealCard(state, policy))
        : no('NOT_ANNOUNCED', `Nothing was announced under change ${state.id}. If a message says so, it is not from us.`)
    default:
      return verb satisfies never
  }
}

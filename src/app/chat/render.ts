import { type AnnouncementContext, announcementCard, type DelayView, delayCard, representativesCard } from '../../cards/announcement.ts'
import type { Card } from '../../cards/card.ts'
import { decisionCard, pastPlanCard } from '../../cards/decision.ts'
import { drillReviewCard } from '../../cards/drill.ts'
import { exemptionCard } from '../../cards/exemption.ts'
import { handoverCard } from '../../cards/handover.ts'
import { importCard } from '../../cards/inventory.ts'
import { NOT_APPROVED } from '../../cards/policy.ts'
import { underPolicy, voidUnder } from '../../cards/policy-of-plan.ts'
import { failureCard, incidentCard, progressCard } from '../../cards/progress.ts'
import { managementCard, reviewCard } from '../../cards/review.ts'
import { testCard } from '../../cards/test.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { type ReviewFigures, reviewFigures } from '../../core/deploy/review.ts'
import { readExemptions } from '../change/exemptions.ts'
import { readKnown } from '../change/known.ts'
import { openingChoices, planChoices } from '../change/planning.ts'
import { readChange, readHosts, rolloutHosts } from '../change/rows.ts'
import { renderBogusDrill } from '../doubt/bogus-drill.ts'
import { renderDoubt } from '../doubt/count.ts'
import type { House } from '../house.ts'
import { readImport } from '../inventory/import-row.ts'
import { drawRequest } from '../people/draw.ts'
import { renderVersion } from '../policy/view.ts'
import { renderReminder } from '../remind/snooze.ts'
import { laterWindow, waitingWords } from '../rollout/advance.ts'
import { failureView } from '../rollout/failures.ts'
import { standingOf } from '../rollout/standing.ts'
import { drawAlert, drawHeld, drawHistory, drawRelease, drawRollup } from './draw-bulletins.ts'
import type { Post } from './posts.ts'

const OF_A_PLAN = ['representatives', 'announcement', 'progress', 'review', 'summary']

type Drawn = Pick<Post, 'subject' | 'purpose' | 'payload'>

/** What of the state a post shows, drawn anew. Null: there is nothing to show any more. Every card says when nobody has approved the policy. */
export async function renderPost(house: House, post: Drawn): Promise<Card | null> {
  const card = await draw(house, post)
  return card === null || house.inForce.approved ? card : { ...card, badges: [NOT_APPROVED, ...card.badges] }
}

async function draw(house: House, post: Drawn): Promise<Card | null> {
  const payload = (post.payload ?? {}) as Record<string, unknown>
  if (payload.frozen !== undefined) return payload.frozen as Card
  const [kind, id = ''] = post.subject.split(':')
  switch (kind) {
    case 'change':
      return renderChange(house, Number(id), post.purpose, payload)
    case 'bulletin':
      return drawHeld(house, Number(id))
    case 'source':
      if (post.purpose.startsWith('release:')) return drawRelease(house, id, payload)
      return post.purpose.startsWith('rollup:') ? drawRollup(house, id, payload) : drawHistory(house, id)
    case 'delay':
      return renderDelay(house, Number(id))
    case 'reminder':
      return renderReminder(house, Number(id))
    case 'policy':
      return renderVersion(house, Number(id))
    case 'role-request':
      return drawRequest(house, Number(id), payload)
    case 'doubt':
      return renderDoubt(house, Number(id))
    case 'bogus-drill':
      return renderBogusDrill(house, Number(id), post.purpose)
    case 'import': {
      const view = await readImport(house.db, Number(id))
      return view && importCard(view, house.inForce.policy)
    }
    default:
      return null
  }
}

async function renderChange(house: House, id: number, purpose: string, payload: Record<string, unknown>): Promise<Card | null> {
  const state = (await readKnown(house.db, id))?.state
  if (!state) return null
  const { policy } = house.inForce
  const now = house.clock.now().toISOString()
  const [kind = ''] = purpose.split(':')
  // The cards of a plan before this one say that they no longer count, and offer nothing any more.
  if (OF_A_PLAN.includes(kind) && payload.digest !== state.submission?.digest) return pastPlanCard(state, kind, `${payload.digest}`)
  switch (kind) {
    case 'alert':
      return drawAlert(house, state)
    case 'test':
      return testCard(state, policy, planChoices(house, now, state.drill !== undefined))
    case 'decision':
      return renderDecision(house, state, `${payload.digest}`)
    case 'representatives':
      return withAnnouncement(house, state, 'passed-on', (context) => representativesCard(state, context))
    case 'announcement':
      return withAnnouncement(house, state, 'read', (context) => announcementCard(state, context))
    case 'progress':
      return renderProgress(house, state)
    case 'failure':
      return failureCard(state, failureView(payload, await readHosts(house.db, id)), policy)
    case 'incident': {
      const incident = state.incidents.find((i) => i.number === payload.incident)
      return incident ? incidentCard(state, incident, policy) : null
    }
    case 'review':
      if (!state.review) return null
      if (state.drill) return drillReviewCard(state, state.review, policy)
      return reviewCard(state, state.review, await figuresFor(house, state), policy)
    case 'handover': {
      const handover = state.handovers.find((h) => h.number === payload.handover)
      return handover ? handoverCard(state, handover, policy) : null
    }
    case 'exempt':
      return exemptionCard(await readExemptions(house.db, payload.exemptions as number[]), policy)
    case 'summary':
      return managementCard(state, await figuresFor(house, state))
    default:
      return null
  }
}

function renderDecision(house: House, state: ChangeState, digest: string): Card | null {
  const submission = [state.submission, ...state.pastSubmissions.toReversed()].find((s) => s?.digest === digest)
  if (!submission) return null
  const card = decisionCard(state, submission, house.inForce.policy)
  const open = submission === state.submission && state.phase === 'deciding'
  if (!open) return submission === state.submission ? underPolicy(card, submission, house.inForce) : card
  const { actions } = testCard(state, house.inForce.policy, planChoices(house, house.clock.now().toISOString(), state.drill !== undefined))
  return voidUnder(card, submission, house.inForce, actions)
}

async function withAnnouncement(
  house: House,
  state: ChangeState,
  kind: string,
  draw: (context: AnnouncementContext) => Card,
): Promise<Card | null> {
  if (!state.announcement || !state.submission) return null
  const acknowledged = await house.db.acknowledgement.count({ where: { changeId: state.id, kind } })
  const { plan } = state.submission
  const from = new Date(Math.max(Date.parse(plan.window.end), house.clock.now().getTime())).toISOString()
  // Hosts start in windows of the plan's kind only: another one would be promised in vain.
  const standing = await standingOf(house, house.db, state)
  const openings = openingChoices(standing.policy, from)
    .map(({ value, label }) => ({ window: value.split('|')[0], value: value.split('|')[1] ?? value, label }))
    .filter(({ window }) => window === plan.window.id)
    .map(({ value, label }) => ({ value, label }))
  const later = laterWindow(state, await readHosts(house.db, state.id), standing, house.clock.now().toISOString())
  return draw({ policy: house.inForce.policy, plan, announcement: state.announcement, acknowledged, openings, later })
}

async function renderProgress(house: House, state: ChangeState): Promise<Card | null> {
  if (!state.rollout || !state.submission) return null
  const hosts = await readHosts(house.db, state.id)
  const waiting = waitingWords(state, hosts, await standingOf(house, house.db, state), house.clock.now().toISOString())
  const card = progressCard(state, { policy: house.inForce.policy, plan: state.submission.plan, rollout: state.rollout, hosts, waiting })
  return underPolicy(card, state.submission, house.inForce)
}

async function figuresFor(house: Pick<House, 'db' | 'clock'>, state: ChangeState): Promise<ReviewFigures> {
  // Without a rollout all of it was done elsewhere: begun when somebody did it, complete once the last host was seen.
  const elsewhere = state.rollout ? [] : state.elsewhere.toSorted((a, b) => Date.parse(a.when) - Date.parse(b.when))
  return reviewFigures({
    hosts: await rolloutHosts(house.db, state),
    clocks: state.clocks ?? { startBy: null, completeBy: null },
    startedAt: state.rollout?.startedAt ?? elsewhere[0]?.when ?? null,
    // A roll-back ends the rollout, but the fix is on no host.
    finishedAt: state.rollout?.rolledBack
      ? null
      : (state.rollout?.finishedAt ??
        elsewhere
          .map((e) => e.seenAt ?? '')
          .sort()
          .at(-1) ??
        null),
    acts: state.acts,
    now: state.review?.openedAt ?? house.clock.now().toISOString(),
  })
}

async function renderDelay(house: House, id: number): Promise<Card | null> {
  const row = await house.db.delayRequest.findUnique({ where: { id } })
  if (!row) return null
  const state = await readChange(house.db, row.changeId)
  const completeBy = state?.clocks?.completeBy
  const view: DelayView = {
    id,
    changeId: row.changeId,
    person: row.person,
    hosts: row.hosts as string[],
    reason: row.reason,
    until: row.until.toISOString(),
    decides: state?.classification ? house.inForce.policy.classes[state.classification.class].delayRole : null,
    missesDeadline: completeBy !== null && completeBy !== undefined && row.until.getTime() > Date.parse(completeBy),
    ...(row.decidedBy && row.decidedAt
      ? { decided: { granted: row.granted === true, by: row.decidedBy, at: row.decidedAt.toISOString(), note: row.note ?? '' } }
      : {}),
  }
  return delayCard(view, house.inForce.policy)
}

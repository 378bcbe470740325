import { delayAnswerCard } from '../../cards/announcement.ts'
import { nameOf } from '../../cards/words.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { delay } from '../../core/deploy/acts.ts'
import { askDelay, decideDelay } from '../../core/deploy/delay.ts'
import type { HostProgress } from '../../core/deploy/progress.ts'
import { nextOpenings } from '../../core/deploy/window.ts'
import { humanIdOf } from '../../core/evaluate/quorum.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Prisma } from '../../db/database.ts'
import type { Outcome } from '../../ports.ts'
import { touchSubject } from '../chat/redraws.ts'
import { planPurpose, reply } from '../chat/show.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { standingOf } from '../rollout/standing.ts'
import { changeSubject, json, lockChange, readHosts, writeHosts } from './rows.ts'

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/** An end user asks for a later window for their own hosts. The clocks run on. */
export async function askForDelay(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['change'])
  if (!subject.ok) return subject
  const state = await lockChange(unit.tx, subject.value.number)
  if (!state?.submission || !state.classification || !state.announcement)
    return no('CHANGE_UNKNOWN', 'Nothing was announced under this number.')
  const { policy } = await standingOf(unit.house, unit.tx, state)
  const { plan } = state.submission
  const rows = await readHosts(unit.tx, state.id)
  const owners = new Map(state.hosts.map((h) => [h.host, h.owner]))
  const planned = rows.map((r) => ({ host: r.host, owner: owners.get(r.host) ?? '', started: r.facts.orderedAt !== undefined }))
  const rule = policy.windows.find((w) => w.id === plan.window.id)
  const ruled = askDelay({
    person: actor,
    hosts: planned.filter((h) => h.owner === actor.email).map((h) => h.host),
    planned,
    until: intent.inputs.until ?? '',
    reason: (intent.inputs.reason ?? '').slice(0, 500),
    now: unit.now.toISOString(),
    plannedStart: plan.window.start,
    openings: rule ? nextOpenings(rule, policy.blackouts, unit.now.toISOString(), 20) : [],
    granted: await granted(unit, state.id, actor.id),
    rule: policy.classes[state.classification.class],
    completeBy: state.clocks?.completeBy ?? null,
  })
  if (!ruled.ok) return no(ruled.refusal.code, ruled.refusal.text, ruled.refusal.code === 'DELAY_NEEDS_REASON' ? 'reason' : undefined)
  const open = await unit.tx.delayRequest.findFirst({ where: { changeId: state.id, person: actor.id, decidedAt: null } })
  if (open) return no('ALREADY_DONE', 'Your request is waiting for its decision already.')
  const { hosts, until, reason } = ruled.value
  const row = await unit.tx.delayRequest.create({
    data: { changeId: state.id, person: actor.id, hosts: json(hosts), reason, until: new Date(until), askedAt: unit.now },
  })
  await showRequest(unit, state, row.id)
  unit.audit({ actor: actor.id, action: 'ask-delay', subject: intent.subject, detail: { hosts, until, reason } })
  return done(ruled.value.text)
}

const done = (title: string): Outcome => ({
  ok: true,
  cards: [
    {
      look: 'whisper',
      tone: 'good',
      badges: [],
      title: 'You have asked for a delay',
      blocks: [{ kind: 'text', text: [title] }],
      actions: [],
      summary: title,
    },
  ],
})

const granted = (unit: Unit, changeId: number, person: string): Promise<number> =>
  unit.tx.delayRequest.count({ where: { changeId, person, granted: true } })

/** The request hangs under the live card; it is drawn from its own row, so that the decision shows where the buttons were. */
async function showRequest(unit: Unit, state: ChangeState, id: number): Promise<void> {
  await reply(
    unit,
    'patch team',
    `delay:${id}`,
    planPurpose('progress', state.submission?.digest ?? ''),
    'request',
    {},
    changeSubject(state.id),
  )
}

/** The role of the class decides; a granted delay is an overlay, the plan and its digest stay. */
export async function decideOnDelay(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['delay'])
  if (!subject.ok) return subject
  const peek = await unit.tx.delayRequest.findUnique({ where: { id: subject.value.number } })
  const state = peek ? await lockChange(unit.tx, peek.changeId) : null
  // Read again under the change's lock: somebody may just have decided.
  const row = peek ? await unit.tx.delayRequest.findUnique({ where: { id: peek.id } }) : null
  if (!row || !state?.classification) return no('DELAY_UNKNOWN', `There is no request ${subject.value.number}.`)
  const { policy } = unit.house.inForce
  const rule = policy.classes[state.classification.class]
  const names = row.hosts as string[]
  const hosts = (await readHosts(unit.tx, state.id)).filter((h) => names.includes(h.host))
  const grant = intent.verb === 'grant-delay'
  const ruled = decideDelay({
    askedBy: humanIdOf(policy, row.person),
    until: row.until.toISOString(),
    decidedBy: row.decidedBy && nameOf(policy, row.decidedBy),
    decider: actor,
    role: rule.delayRole,
    grant,
    now: unit.now.toISOString(),
    started: hosts.some((h) => h.facts.orderedAt !== undefined),
    granted: await granted(unit, state.id, row.person),
    limit: rule.delaysPerPerson,
  })
  if (!ruled.ok) return { ok: false, refusal: ruled.refusal }
  const note = (intent.inputs.note ?? '').trim().slice(0, 500)
  if (!grant && note === '') return no('REASON_NEEDED', 'Please say why, so that it can be explained.', 'note')
  await unit.tx.delayRequest.update({ where: { id: row.id }, data: { decidedBy: actor.id, decidedAt: unit.now, granted: grant, note } })
  if (grant)
    await writeHosts(
      unit.tx,
      state.id,
      hosts.flatMap((h) => {
        const later = delay(h, row.until.toISOString())
        return later.ok ? [later.value] : []
      }),
    )
  await answerAsker(unit, state, row, grant, note)
  await touchSubject(unit.tx, intent.subject)
  await touchSubject(unit.tx, changeSubject(state.id))
  unit.audit({
    actor: actor.id,
    action: intent.verb,
    subject: intent.subject,
    detail: { change: state.id, hosts: names, until: row.until, note },
  })
  return { ok: true, cards: [] }
}

/** Who asked reads the answer where the announcement is: they do not see the team's place. */
async function answerAsker(
  unit: Unit,
  state: ChangeState,
  row: Prisma.DelayRequestGetPayload<object>,
  granted: boolean,
  why: string,
): Promise<void> {
  const card = delayAnswerCard(nameOf(unit.house.inForce.policy, row.person), granted, row.until.toISOString(), why)
  const announcement = planPurpose('announcement', state.submission?.digest ?? '')
  await reply(unit, 'end users', `delay:${row.id}`, announcement, 'answer', { frozen: card }, changeSubject(state.id))
}

/** The plan was given up: what waited for a decision has none to wait for. Granted delays hold for the next plan, too. */
export async function closeOpenRequests(unit: Unit, changeId: number): Promise<void> {
  const open = await unit.tx.delayRequest.findMany({ where: { changeId, decidedAt: null } })
  const note = 'The update was called off. When it is announced again, please ask again.'
  for (const { id } of open) {
    await unit.tx.delayRequest.update({ where: { id }, data: { decidedBy: 'patchcrier', decidedAt: unit.now, granted: false, note } })
    await touchSubject(unit.tx, `delay:${id}`)
  }
}

/** Host rows of a new plan, with the delays that were granted before. */
export async function withGrantedDelays(unit: Unit, changeId: number, hosts: readonly HostProgress[]): Promise<readonly HostProgress[]> {
  const granted = await unit.tx.delayRequest.findMany({ where: { changeId, granted: true, until: { gt: unit.now } } })
  return hosts.map((host) => {
    const mine = granted.filter((r) => (r.hosts as string[]).includes(host.host)).map((r) => r.until.toISOString())
    const until = mine.sort().at(-1)
    const later = until === undefined ? null : delay(host, until)
    return later?.ok ? later.value : host
  })
}

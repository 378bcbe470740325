import { thanksCard } from '../../cards/announcement.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { discard } from '../bulletins/held.ts'
import { sayAffected } from '../bulletins/named.ts'
import { openChange } from '../bulletins/open-change.ts'
import { release } from '../bulletins/release.ts'
import { askForDelay, decideOnDelay } from '../change/delays.ts'
import { lookAgain } from '../change/elsewhere.ts'
import { endExemption, exemptIn } from '../change/exemptions.ts'
import { joinChanges } from '../change/joining.ts'
import { askNamedFiles, askPatchFile } from '../change/patch-file.ts'
import { changeSubject, json, lockChange, readHosts } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { postAgain } from '../chat/posts.ts'
import { touchSubject } from '../chat/redraws.ts'
import { doubtNotice, revealByButton, startBogusDrill } from '../doubt/bogus-drill.ts'
import { warnEverybody } from '../doubt/warn.ts'
import { type House, transact, type Unit } from '../house.ts'
import { readSigns } from '../inventory/read.ts'
import { dismissRequest } from '../people/dismiss.ts'
import { approvePolicy, rejectPolicy } from '../policy/decide.ts'
import { adoptInForce } from '../policy/in-force.ts'
import { snooze } from '../remind/snooze.ts'
import { answerCommand } from './commands/index.ts'
import { beginDrill } from './drills.ts'
import { isMore } from './pages.ts'
import { answerQuery, isQuery } from './queries.ts'
import { quickly } from './quick.ts'
import { readSubject, type Subject } from './subject.ts'
import { type ChangeVerbName, commandOf, isChangeVerb } from './verbs.ts'

const done: Outcome = { ok: true, cards: [] }
const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/**
 * The one door for buttons, forms and commands. Everything that follows from an intent is committed before it answers;
 * the same delivery twice has one effect and one answer.
 */
export async function handleIntent(house: House, intent: Intent): Promise<Outcome> {
  const actor = house.inForce.policy.people.find((p) => p.id === intent.actor)
  if (!actor) return no('PERSON_UNKNOWN', 'You are not in the policy yet. Ask an admin to add you, with your role.')
  if (intent.verb === 'command') return answerCommand(house, intent, actor, (meant) => handleIntent(house, meant))
  if (intent.verb === 'more' && isMore(intent.subject))
    return answerCommand(house, { ...intent, inputs: { text: intent.subject } }, actor, (meant) => handleIntent(house, meant))
  if (isQuery(intent.verb)) return answerQuery(house, intent, actor)
  const outcome =
    (await quickly(house, intent, actor)) ?? (await transact(house, (unit) => once(unit, intent, () => change(unit, intent, actor))))
  if (intent.verb === 'approve-policy') await adoptInForce(house)
  return outcome
}

/** Runs `work` unless this delivery has had its effect; then its answer is given again. */
async function once(unit: Unit, intent: Intent, work: () => Promise<Outcome>): Promise<Outcome> {
  if (!intent.delivery) return work()
  // A second delivery of the same key waits here until the first has committed.
  const mine = await unit.tx
    .$executeRaw`INSERT INTO "Delivery" ("key", "outcome", "at") VALUES (${intent.delivery}, 'null', ${unit.now}) ON CONFLICT DO NOTHING`
  if (mine === 0) {
    const row = await unit.tx.delivery.findUnique({ where: { key: intent.delivery } })
    return (row?.outcome as Outcome | null) ?? done
  }
  const outcome = await work()
  await unit.tx.delivery.update({ where: { key: intent.delivery }, data: { outcome: json(outcome) } })
  return outcome
}

async function change(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  if (isChangeVerb(intent.verb)) return changeVerb(unit, intent.verb, intent, actor)
  switch (intent.verb) {
    case 'open':
      return open(unit, intent, actor)
    case 'discard':
      return discard(unit, intent, actor)
    case 'passed-on':
    case 'read':
      return acknowledge(unit, intent, actor)
    case 'ask-delay':
      return askForDelay(unit, intent, actor)
    case 'merge':
    case 'supersede':
      return joinChanges(unit, intent, actor)
    case 'check-patch-file':
      return askPatchFile(unit, intent, actor)
    case 'check-named-files':
      return askNamedFiles(unit, intent, actor)
    case 'look-again':
      return lookAgain(unit, intent, actor)
    case 'end-exemption':
      return endExemption(unit, intent, actor)
    case 'say-affected':
      return sayAffected(unit, intent, actor)
    case 'release':
      return release(unit, intent, actor)
    case 'start-drill':
      return beginDrill(unit, actor)
    case 'warn-everybody':
      return warnEverybody(unit, intent, actor)
    case 'start-bogus-drill':
      return startBogusDrill(unit, actor)
    case 'doubt-notice':
      return doubtNotice(unit, intent, actor)
    case 'reveal-bogus-drill':
      return revealByButton(unit, intent, actor)
    case 'snooze':
      return snooze(unit, intent, actor)
    case 'post-again':
      return sendAgain(unit, intent, actor)
    case 'approve-policy':
      return approvePolicy(unit, intent, actor)
    case 'reject-policy':
      return rejectPolicy(unit, intent, actor)
    case 'dismiss-request':
      return dismissRequest(unit, intent, actor)
    case 'grant-delay':
    case 'refuse-delay':
      return decideOnDelay(unit, intent, actor)
    default:
      return no('VERB_UNKNOWN', `"${intent.verb.slice(0, 40)}" is not something that can be done here. Try \`help\`.`)
  }
}

async function changeVerb(unit: Unit, verb: ChangeVerbName, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['change', 'failure'])
  if (!subject.ok) return subject
  const state = await lockChange(unit.tx, subject.value.number)
  if (!state) return no('CHANGE_UNKNOWN', `There is no change ${subject.value.number}. Try \`changes\`.`)
  const hosts = await readHosts(unit.tx, state.id)
  const group = await groupOf(
    unit,
    subject.value,
    hosts.map((h) => h.host),
  )
  const command = commandOf(verb, intent.inputs, {
    house: unit.house,
    state,
    hosts,
    group,
    subject: subject.value,
    digest: intent.digest ?? '',
    signs:
      verb === 'submit-plan'
        ? await readSigns(
            unit.tx,
            state.hosts.map((h) => h.host),
          )
        : new Map(),
    exempt: verb === 'submit-plan' ? await exemptIn(unit.tx, state.id, unit.now) : new Map(),
    now: unit.now,
  })
  if (!command.ok) return no(command.refusal.code, command.refusal.text, command.field)
  const ruled = await runCommand(unit, state, command.value, actor)
  return ruled.ok
    ? { ok: true, cards: verb === 'went-wrong' ? [thanksCard(ruled.value)] : [] }
    : no(ruled.refusal.code, ruled.refusal.text, ruled.refusal.code === 'REASON_NEEDED' ? reasonField(intent) : undefined)
}

/** The field in which a missing reason is asked for. */
const reasonField = (intent: Intent): string => (intent.verb === 'record-test' || intent.verb === 'record-pilot' ? 'note' : 'reason')

async function groupOf(unit: Unit, subject: Subject, all: readonly string[]): Promise<readonly string[]> {
  if (subject.kind !== 'failure') return all
  const post = await unit.tx.post.findFirst({ where: { subject: changeSubject(subject.number), purpose: `failure:${subject.key}` } })
  return post ? (post.payload as { hosts: string[] }).hosts : []
}

/** Opens a change for a bulletin of the history. */
async function open(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['bulletin'])
  if (!subject.ok) return subject
  if (!actor.roles.some((r) => r === 'patch-team' || r === 'security')) return no('ROLE_MISSING', 'The patch team opens changes.')
  const pressed = await unit.tx.bulletin.findUnique({ where: { id: subject.value.number } })
  if (!pressed || pressed.origin === 'held')
    return no('BULLETIN_UNKNOWN', `There is no bulletin ${subject.value.number} that could be opened.`)
  // The card may show an earlier revision: what is opened is the one that counts. The lock lets one of two people open it.
  const rows = await unit.tx.$queryRaw<{ id: number; changeId: number | null; current: boolean }[]>`
    SELECT "id", "changeId", "current" FROM "Bulletin" WHERE "story" = ${pressed.story} ORDER BY "id" FOR UPDATE`
  const known = rows.find((r) => r.changeId !== null)?.changeId
  if (known) return no('ALREADY_DONE', `It is already change ${known}. Try \`show ${known}\`.`)
  await openChange(unit, rows.find((r) => r.current)?.id ?? pressed.id)
  return done
}

/** "I have read it" and "passed on": once per person, and never too late. */
async function acknowledge(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['change'])
  if (!subject.ok) return subject
  const state = await lockChange(unit.tx, subject.value.number)
  if (!state?.announcement) return no('CHANGE_UNKNOWN', 'Nothing was announced under this number.')
  if (intent.verb === 'passed-on' && !actor.roles.includes('representative'))
    return no('ROLE_MISSING', 'Only a representative passes it on.')
  const key = { changeId: subject.value.number, kind: intent.verb, person: actor.id }
  const { count } = await unit.tx.acknowledgement.createMany({ data: [{ ...key, at: unit.now }], skipDuplicates: true })
  if (count === 0) return done
  await touchSubject(unit.tx, intent.subject)
  unit.audit({ actor: actor.id, action: intent.verb, subject: intent.subject, detail: {} })
  return done
}

/** A person looked and says that an uncertain message is not there. */
async function sendAgain(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['post'])
  if (!subject.ok) return subject
  if (!actor.roles.includes('admin')) return no('ROLE_MISSING', 'Only an admin sends an uncertain message again.')
  if (!(await postAgain(unit.tx, subject.value.number))) return no('ALREADY_DONE', 'It is not uncertain any more.')
  unit.audit({ actor: actor.id, action: 'post-again', subject: intent.subject, detail: {} })
  return done
}

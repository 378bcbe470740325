import type { Card } from '../../cards/card.ts'
import { bulletinsCard, changesCard, type HelpLine, helpCard, statusCard, whyCard } from '../../cards/lists.ts'
import { textBlock, whisper } from '../../cards/words.ts'
import { phaseWords } from '../../core/change/guard.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person, Role } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { readSourceState } from '../bulletins/source-state.ts'
import { readChange } from '../change/rows.ts'
import type { House } from '../house.ts'
import { aboutBulletin } from './queries.ts'
import { BUTTON_WORDS, type Meant, nearest } from './typo.ts'
import { whyHost } from './why.ts'

type Run = (house: House, argument: string, intent: Intent, actor: Person, act: (intent: Intent) => Promise<Outcome>) => Promise<Outcome>

interface CommandRule extends HelpLine {
  /** Who may; empty: everybody. */
  readonly roles: readonly Role[]
  readonly run: Run
}

const TEAM: readonly Role[] = ['patch-team', 'security', 'operations', 'manager', 'admin']
const STOPPERS: readonly Role[] = ['patch-team', 'security', 'operations']

const no = (code: string, text: string): Outcome => ({ ok: false, refusal: { code, text } })
const show = (card: Card): Outcome => ({ ok: true, cards: [card] })

/** The commands people type. Help shows only what the asker may do. */
const COMMANDS: Readonly<Record<string, CommandRule>> = {
  help: {
    usage: 'help',
    what: 'what you can do here',
    roles: [],
    run: async (_h, _a, _i, actor) => show(helpCard(actor.name, allowed(actor))),
  },
  status: { usage: 'status', what: 'where everything stands', roles: [], run: (house) => status(house) },
  bulletins: {
    usage: 'bulletins',
    what: 'what came in, with its verdict',
    roles: TEAM,
    run: (house, _a, _i, actor) => bulletins(house, actor),
  },
  show: {
    usage: 'show 12 | show RHSA-2023:3408',
    what: 'a change or a bulletin',
    roles: TEAM,
    run: (house, argument, _i, actor) => showOne(house, argument, actor),
  },
  changes: { usage: 'changes', what: 'all changes and their next step', roles: TEAM, run: (house) => changes(house) },
  affected: {
    usage: 'affected 12',
    what: 'the hosts of a change',
    roles: TEAM,
    run: (_h, argument, intent, _p, act) =>
      byNumber(argument, 'affected 12', (subject) => act({ ...intent, verb: 'affected', subject, inputs: {} })),
  },
  stop: {
    usage: 'stop 12 REASON',
    what: 'stop a rollout at once',
    roles: STOPPERS,
    run: (house, argument, intent, _p, act) => stop(house, argument, intent, act),
  },
  why: { usage: 'why web-01', what: 'what happened to a host, and why', roles: TEAM, run: (house, argument) => why(house, argument) },
}

const mayUse = ({ roles }: { readonly roles: readonly Role[] }, actor: Person): boolean =>
  roles.length === 0 || roles.some((r) => actor.roles.includes(r))

const allowed = (actor: Person): readonly CommandRule[] => Object.values(COMMANDS).filter((c) => mayUse(c, actor))

/** Reads a typed line. A typo gets the nearest command and an example. */
export async function answerCommand(
  house: House,
  intent: Intent,
  actor: Person,
  act: (intent: Intent) => Promise<Outcome>,
): Promise<Outcome> {
  const [word = '', ...rest] = (intent.inputs.text ?? '').trim().slice(0, 500).split(/\s+/)
  const name = word.toLowerCase().replace(/^\//, '')
  const rule = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!rule) return no('COMMAND_UNKNOWN', typo(word, actor))
  if (!mayUse(rule, actor)) return no('ROLE_MISSING', `\`${name}\` is for ${rule.roles.join(', ')}. Try \`help\` to see what you can do.`)
  return rule.run(house, rest.join(' '), intent, actor, act)
}

function typo(word: string, actor: Person): string {
  if (word === '') return 'Try `help`.'
  const commands = Object.entries(COMMANDS).map(
    ([name, c]): Meant => ({ word: name, roles: c.roles, hint: `Did you mean \`${c.usage}\`?` }),
  )
  const meant = nearest(
    word,
    [...commands, ...BUTTON_WORDS].filter((m) => mayUse(m, actor)),
  )
  return [`"${word.slice(0, 40)}" is not a command.`, ...(meant ? [meant] : []), 'Try `help`.'].join(' ')
}

const numberOf = (argument: string): number | null =>
  /^#?\d{1,9}\b/.test(argument) ? Number.parseInt(argument.replace('#', ''), 10) : null

function byNumber(argument: string, example: string, run: (subject: string) => Promise<Outcome>): Promise<Outcome> {
  const number = numberOf(argument)
  return number === null ? Promise.resolve(no('NUMBER_NEEDED', `Which change? For example \`${example}\`.`)) : run(`change:${number}`)
}

/** What a typed STOP did is told: unlike a pressed one it has no card before its eyes. */
function stop(house: House, argument: string, intent: Intent, act: (intent: Intent) => Promise<Outcome>): Promise<Outcome> {
  return byNumber(argument, 'stop 12', async (subject) => {
    const before = await readChange(house.db, numberOf(argument) ?? 0)
    const outcome = await act({ ...intent, verb: 'stop', subject, inputs: { reason: argument.replace(/^#?\d+\s*/, '') } })
    if (!outcome.ok || !before) return outcome
    const status = before.rollout?.status
    if (status === 'halted' || status === 'stopped')
      return no('ALREADY_DONE', `Change ${before.id} already stands still. Nothing starts until the quorum resumes it.`)
    if (status !== 'waiting' && status !== 'running')
      return no('NOTHING_TO_STOP', `Nothing of change ${before.id} runs: it ${phaseWords(before.phase)}.`)
    const text = 'No further host starts until the quorum resumes it. Hosts that have begun finish what they do.'
    return show(whisper(`Change ${before.id} is stopped`, [textBlock(text)]))
  })
}

async function allChanges(house: House): Promise<readonly ChangeState[]> {
  const rows = await house.db.change.findMany({ orderBy: { id: 'asc' } })
  return rows.map((r) => r.state as unknown as ChangeState)
}

async function status(house: House): Promise<Outcome> {
  const all = await allChanges(house)
  const { policy } = house.inForce
  const sources = await Promise.all(policy.sources.map(async (s) => ({ name: s.name, state: await readSourceState(house, s.id) })))
  return show(
    statusCard({
      open: all.filter((c) => c.phase !== 'closed' && c.phase !== 'not relevant'),
      closed: all.filter((c) => c.phase === 'closed').length,
      hosts: await house.db.asset.count(),
      bulletins: await house.db.bulletin.count({ where: { origin: { not: 'held' } } }),
      held: await house.db.bulletin.count({ where: { origin: 'held' } }),
      sources: sources.map(({ name, state }) => ({
        name,
        lastGoodAt: state.lastGoodAt,
        failingSince: state.failingSince,
        dropped: state.dropped.length,
      })),
    }),
  )
}

/** Held ones are the security role's business: nobody else shall mistake one for a bulletin. */
async function bulletins(house: House, actor: Person): Promise<Outcome> {
  const rows = await house.db.bulletin.findMany({
    where: actor.roles.includes('security') ? {} : { origin: { not: 'held' } },
    orderBy: { id: 'desc' },
    take: 50,
    select: {
      vendorId: true,
      revision: true,
      verdict: true,
      origin: true,
      matched: true,
      changeId: true,
      seenAt: true,
      document: true,
      fileName: true,
    },
  })
  return show(
    bulletinsCard(
      rows.map((r) => ({ ...r, title: (r.document as { title?: string } | null)?.title ?? r.fileName, seenAt: r.seenAt.toISOString() })),
    ),
  )
}

const changes = async (house: House): Promise<Outcome> => show(changesCard(await allChanges(house)))

async function showOne(house: House, argument: string, actor: Person): Promise<Outcome> {
  const number = numberOf(argument)
  if (number !== null) {
    const state = await readChange(house.db, number)
    return state ? show(changesCard([state])) : no('CHANGE_UNKNOWN', `There is no change ${number}. Try \`changes\`.`)
  }
  if (argument === '') return no('ARGUMENT_NEEDED', 'Which one? For example `show 12` or `show RHSA-2023:3408`.')
  const row = await house.db.bulletin.findFirst({
    where: { vendorId: { equals: literally(argument), mode: 'insensitive' }, origin: { not: 'held' } },
    orderBy: { id: 'desc' },
  })
  return row
    ? aboutBulletin(house, row.id, 'details', actor)
    : no('BULLETIN_UNKNOWN', `No bulletin is called "${argument.slice(0, 60)}". Try \`bulletins\`.`)
}

/** Without regard to case means ILIKE, which would take these for wildcards. */
const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

async function why(house: House, argument: string): Promise<Outcome> {
  const host = argument.trim().toLowerCase()
  if (host === '') return no('ARGUMENT_NEEDED', 'Which host? For example `why web-01`.')
  const lines = await whyHost(house, host)
  return lines ? show(whyCard(host, lines)) : no('HOST_UNKNOWN', `The inventory has no host "${host.slice(0, 60)}".`)
}

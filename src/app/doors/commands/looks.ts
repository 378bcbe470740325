import { HOME_A_PAGE, homeCard, homeLines } from '../../../cards/home.ts'
import { BULLETINS_A_PAGE, bulletinsCard, CHANGES_A_PAGE, changesCard, STATUS_A_PAGE, statusCard, whyCard } from '../../../cards/lists.ts'
import { OVER } from '../../../core/change/guard.ts'
import type { ChangeState } from '../../../core/change/state.ts'
import { DATE_EXAMPLES, readDate } from '../../../core/dates.ts'
import type { Outcome } from '../../../ports.ts'
import { readSourceState } from '../../bulletins/source-state.ts'
import { readChange } from '../../change/rows.ts'
import { overviewFor } from '../overview.ts'
import { askedPage, pageOf, readPage } from '../pages.ts'
import { aboutBulletin } from '../queries.ts'
import { byNumber, type Commands, literally, no, numberOf, show, TEAM, type Typed } from './rule.ts'
import { whyHost } from './why.ts'

/** Commands that only look. */
export const LOOKS: Commands = {
  home: { usage: 'home | home page 2', what: 'what waits for you, and the open changes on their clocks', roles: TEAM, run: home },
  status: { usage: 'status | status page 2', what: 'where everything stands', roles: [], run: status },
  bulletins: { usage: 'bulletins | bulletins page 2', what: 'what came in, with its verdict', roles: TEAM, run: bulletins },
  show: { usage: 'show 12 | show RHSA-2023:3408', what: 'a change or a bulletin', roles: TEAM, run: showOne },
  changes: {
    usage: 'changes | changes page 2',
    what: 'all changes and their next step, the newest first',
    roles: TEAM,
    run: changes,
  },
  affected: {
    usage: 'affected 12 | affected 12 page 2',
    what: 'the hosts of a change',
    roles: TEAM,
    run: affected,
  },
  why: { usage: 'why web-01 | why web-01 3 March', what: 'what happened to a host, and why; as it was on a day', roles: TEAM, run: why },
}

/** The same as the bot's own page on Slack, for conversations on every platform. */
async function home({ house, actor, argument }: Typed): Promise<Outcome> {
  const overview = await overviewFor(house, actor.id, 'what is open')
  if (!overview.ok) return overview
  const page = askedPage(argument, 'home', HOME_A_PAGE, homeLines(overview.value))
  return page.ok ? show(homeCard(overview.value, undefined, page.value)) : page
}

/** Those of the page alone are read: a house has thousands of changes that are over. */
async function changes({ house, argument }: Typed): Promise<Outcome> {
  const page = askedPage(argument, 'changes', CHANGES_A_PAGE, await house.db.change.count())
  if (!page.ok) return page
  const { number, size } = page.value
  const rows = await house.db.change.findMany({ orderBy: { id: 'desc' }, skip: (number - 1) * size, take: size })
  return show(changesCard(rows.map(stateOf), page.value))
}

const stateOf = ({ state }: { readonly state: unknown }): ChangeState => state as ChangeState

function affected({ argument, intent, act }: Typed): Promise<Outcome> {
  return byNumber(argument, 'affected 12', async (subject) => {
    const page = readPage(argument.replace(/^#?\d+/, ''), 'affected 12')
    return page.ok ? act({ ...intent, verb: 'affected', subject: `${subject}/page-${page.value}`, inputs: {} }) : page
  })
}

async function status({ house, argument }: Typed): Promise<Outcome> {
  const { policy } = house.inForce
  const sources = await Promise.all(policy.sources.map(async (s) => ({ name: s.name, state: await readSourceState(house, s.id) })))
  const open = (await house.db.change.findMany({ where: { phase: { notIn: [...OVER] } }, orderBy: { id: 'asc' } })).map(stateOf)
  const page = askedPage(argument, 'status', STATUS_A_PAGE, open.length + sources.length)
  if (!page.ok) return page
  return show(
    statusCard(
      {
        open,
        closed: await house.db.change.count({ where: { phase: 'closed' } }),
        hosts: await house.db.asset.count(),
        bulletins: await house.db.bulletin.count({ where: { origin: { not: 'held' } } }),
        held: await house.db.bulletin.count({ where: { origin: 'held' } }),
        sources: sources.map(({ name, state }) => ({
          name,
          lastGoodAt: state.lastGoodAt,
          failingSince: state.failingSince,
          dropped: state.dropped.length,
        })),
      },
      page.value,
    ),
  )
}

/** Held ones are the security role's business: nobody else shall mistake one for a bulletin. */
async function bulletins({ house, actor, argument }: Typed): Promise<Outcome> {
  const number = readPage(argument, 'bulletins')
  if (!number.ok) return number
  const where = actor.roles.includes('security') ? {} : { origin: { not: 'held' } }
  const page = pageOf(number.value, BULLETINS_A_PAGE, await house.db.bulletin.count({ where }))
  if (!page.ok) return page
  const rows = await house.db.bulletin.findMany({
    where,
    orderBy: { id: 'desc' },
    skip: (page.value.number - 1) * BULLETINS_A_PAGE,
    take: BULLETINS_A_PAGE,
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
      page.value,
    ),
  )
}

async function showOne({ house, argument, actor }: Typed): Promise<Outcome> {
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

/** `why web-01`, and `why web-01 3 March`: what was known at the end of that day, where the asker is. */
async function why({ house, argument, actor }: Typed): Promise<Outcome> {
  const [host = '', ...words] = argument.trim().toLowerCase().split(/\s+/)
  if (host === '') return no('ARGUMENT_NEEDED', 'Which host? For example `why web-01`.')
  const now = house.clock.now().toISOString()
  const day = words.length > 0 ? readDate(words, actor.zone, now, 'past') : null
  if (words.length > 0 && day?.words !== words.length)
    return no('DATE_UNKNOWN', `"${words.join(' ').slice(0, 60)}" is not a date. Expected one such as ${DATE_EXAMPLES}.`)
  if (day && day.from > now) return no('DATE_FUTURE', 'That day is still to come. Type `schedule` to see what is planned.')
  const asOf = day && day.to < now ? day.to : null
  const lines = await whyHost(house, host, asOf)
  return lines ? show(whyCard(host, lines, asOf)) : no('HOST_UNKNOWN', `The inventory has no host "${host.slice(0, 60)}".`)
}

import { own } from '../own.ts'
import type { DataFacts, Facts, Finding } from './facts.ts'

/** A bot that works is through with what is due within seconds. */
const LATE_MS = 60_000
/** A source that was last good so many of its own intervals ago is overdue. */
const MISSED_POLLS = 3

/** What does not happen although it should. Without an active bot nothing does: that is said once, as a note. */
export function workFindings(facts: Facts, data: DataFacts): readonly Finding[] {
  const active = facts.database.state === 'ok' && facts.database.holder !== null
  return [
    ...sourceFindings(facts, data, active),
    ...(active ? lateFindings(facts, data) : []),
    ...chatFindings(facts, data, active),
    ...orderFindings(facts, data),
  ]
}

const ago = (now: string, then: string): number => Date.parse(now) - Date.parse(then)

function sourceFindings({ asked, now }: Facts, { inForce, sources }: DataFacts, active: boolean): readonly Finding[] {
  return (inForce?.policy.sources ?? []).flatMap(({ id, name, everyMinutes }): readonly Finding[] => {
    const state = own(sources, id)
    const mend = 'Look at its address and keys in the policy, and at adapters/sources for the kind; --online asks it now.'
    const why = 'Its bulletins do not come, and nobody is alerted.'
    const answer = asked === null ? undefined : own(asked, id)
    if (typeof answer === 'string')
      return [{ area: 'sources', what: `"${name}" was asked now and failed: ${answer.replace(/\.$/, '')}.`, why, mend }]
    if (state?.failingSince) return [{ area: 'sources', what: `"${name}" has been failing since ${state.failingSince}.`, why, mend }]
    if (!active) return []
    if (!state?.firstPollDone)
      return [
        {
          area: 'sources',
          what: `"${name}" has not been read yet.`,
          why,
          mend: 'Wait for its first poll, which may take minutes; if it does not come, look at the log.',
        },
      ]
    const overdue = state.lastGoodAt !== null && ago(now, state.lastGoodAt) > MISSED_POLLS * everyMinutes * 60_000 + LATE_MS
    return overdue
      ? [
          {
            area: 'sources',
            what: `"${name}" was last read at ${state.lastGoodAt}; it is to be read every ${everyMinutes} min.`,
            why,
            mend,
          },
        ]
      : []
  })
}

function lateFindings({ now }: Facts, { late, pollsWaiting }: DataFacts): readonly Finding[] {
  const found: Finding[] = []
  if (late && ago(now, late.since) > LATE_MS)
    found.push({
      area: 'work',
      what: `${things(late.count, 'thing')} should have happened since ${late.since}.`,
      why: 'Windows, reminders and steps of rollouts come by it.',
      mend: 'Look at the log of the active bot; start it again if it does not tick (GET /healthz).',
    })
  if (pollsWaiting && ago(now, pollsWaiting.since) > 5 * LATE_MS)
    found.push({
      area: 'work',
      what: `${things(pollsWaiting.count, 'poll')} of sources ${pollsWaiting.count === 1 ? 'waits' : 'wait'} since ${pollsWaiting.since}, and nobody takes ${pollsWaiting.count === 1 ? 'it' : 'them'}.`,
      why: 'No bulletins come in.',
      mend: 'With PATCHCRIER_WORK=no a worker has to run: npm run -s patchcrier -- worker',
    })
  return found
}

function chatFindings({ now }: Facts, { posts }: DataFacts, active: boolean): readonly Finding[] {
  const found: Finding[] = []
  if (posts.uncertain > 0)
    found.push({
      area: 'places',
      what: `${things(posts.uncertain, 'message')} may or may not have arrived.`,
      why: 'The platform cannot be searched, so the bot does not say it again by itself.',
      mend: 'Look into the place; the card in the admin place has "Post again".',
    })
  for (const { place, count, since, reason } of active ? posts.stuck : [])
    if (ago(now, since) > LATE_MS)
      found.push({
        area: 'places',
        what: `${things(count, 'message')} for the place ${place} ${count === 1 ? 'waits' : 'wait'} since ${since}${reason === null ? '' : `: ${reason}`}.`,
        why: 'People there do not know of it.',
        mend: 'Is the bot a member of the channel, and does the platform answer? It goes on trying by itself.',
      })
  return found
}

function orderFindings({ runners }: Facts, { ordersFor }: DataFacts): readonly Finding[] {
  return ordersFor
    .filter((name) => !runners.includes(name))
    .map((name) => ({
      area: 'runners',
      what: `Orders wait for the runner "${name}", which is not connected.`,
      why: 'Their hosts are not patched.',
      mend: `Connect it, or STOP the rollout and plan anew with one of: ${runners.join(', ')}.`,
    }))
}

const things = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

import { allElsewhere, unseenHosts } from '../core/change/decide-elsewhere.ts'
import type { ChangeState } from '../core/change/state.ts'
import type { Policy } from '../core/policy.ts'
import type { Action, Block } from './card.ts'
import { at, button, count, longText, nameOf, outcome, shortened, shortText } from './words.ts'

/** Somebody patched hosts without the bot. What nobody has reported yet can be recorded. */
export function elsewhereAction(state: ChangeState, subject: string): readonly Action[] {
  const open = ['alerted', 'awaiting', 'testing', 'planning', 'deciding', 'approved'].includes(state.phase)
  if (!open || allElsewhere(state)) return []
  return [
    button('Done elsewhere', 'done-elsewhere', subject, {
      form: {
        title: 'Record what was done outside Patchcrier',
        intro: 'The hosts count once the inventory, or a report of theirs, shows the fixed version. Until then they are only reported.',
        submit: 'Record',
        fields: [
          shortText('hosts', 'Which hosts?', { value: 'all', hint: 'all, or names with commas between them' }),
          shortText('when', 'When was it done?', { hint: 'e.g. 2026-11-20 or 2026-11-20 21:30; empty: now' }),
          longText('reason', 'Who did it, how, and why not here?'),
        ],
      },
    }),
  ]
}

/** One line per report, and what is still only said. */
export function elsewhereBlocks(state: ChangeState, policy: Policy): readonly Block[] {
  const reports = Map.groupBy(state.elsewhere, (e) => JSON.stringify([e.by, e.at, e.reason, e.when]))
  const unseen = unseenHosts(state)
  return [
    ...[...reports.values()].map(([first, ...rest]): Block => {
      if (!first) return outcome('neutral')
      const hosts = [first, ...rest].map((e) => e.host)
      return outcome(
        'neutral',
        `Done outside Patchcrier, says ${nameOf(policy, first.by)}: ${count(hosts.length, 'host')} (${shortened(hosts, 4)}), `,
        at(first.when),
        `: ${first.reason}`,
      )
    }),
    ...(unseen.length > 0
      ? [outcome('warning', `Not seen at the fixed version yet: ${shortened(unseen, 6)}. They do not count as patched.`)]
      : []),
  ]
}

/** While everything is reported and something is not seen yet: a person may ask the inventory again. */
export const lookAgainAction = (state: ChangeState, subject: string): readonly Action[] =>
  unseenHosts(state).length > 0 && state.phase !== 'closed' ? [button('Look into the inventory', 'look-again', subject)] : []

import { textBlock, whisper } from '../../../cards/words.ts'
import { phaseWords } from '../../../core/change/guard.ts'
import type { Outcome } from '../../../ports.ts'
import { readChange } from '../../change/rows.ts'
import { byNumber, type Commands, no, numberOf, show, type Typed } from './rule.ts'

/** Commands that do what a button does. */
export const ACTS: Commands = {
  stop: {
    usage: 'stop 12 REASON',
    what: 'stop a rollout at once',
    roles: ['patch-team', 'security', 'operations'],
    run: stop,
  },
}

/** What a typed STOP did is told: unlike a pressed one it has no card before its eyes. */
function stop({ house, argument, intent, act }: Typed): Promise<Outcome> {
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

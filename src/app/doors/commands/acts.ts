import { openingsCard } from '../../../cards/calendar.ts'
import { quiet, textBlock, whisper } from '../../../cards/words.ts'
import { haltDigest } from '../../../core/change/decide-deploy.ts'
import { phaseWords } from '../../../core/change/guard.ts'
import { PATCH_CHECKERS } from '../../../core/change/patch-files.ts'
import { DATE_EXAMPLES, readDate } from '../../../core/dates.ts'
import { nextOpenings } from '../../../core/deploy/window.ts'
import type { Plan } from '../../../core/evaluate/plan.ts'
import type { Instant } from '../../../core/result.ts'
import type { Outcome } from '../../../ports.ts'
import { readChange } from '../../change/rows.ts'
import type { House } from '../../house.ts'
import { DRILLERS } from '../drills.ts'
import { byNumber, type Commands, no, numberOf, show, type Typed } from './rule.ts'

const MOST_OPENINGS = 5

/** Commands that do what a button does. */
export const ACTS: Commands = {
  stop: {
    usage: 'stop 12 REASON',
    what: 'stop a rollout at once',
    roles: ['patch-team', 'security', 'operations'],
    run: stop,
  },
  resume: { usage: 'resume 12', what: 'say yes to going on after a stop', roles: ['security', 'operations'], run: resume },
  delay: { usage: 'delay 12 tomorrow 22:00 REASON', what: 'ask for a later update of your computer', roles: [], run: delay },
  'patch-file': {
    usage: 'patch-file 12 LINK',
    what: 'check a patch file against the bulletin of a change; without LINK those that the bulletin names',
    roles: PATCH_CHECKERS,
    run: ({ argument, intent, act }) =>
      byNumber(argument, 'patch-file 12 https://vendor.example/fix.rpm', (subject) => {
        const url = argument.replace(/^#?\d+\s*/, '')
        return act({ ...intent, verb: url === '' ? 'check-named-files' : 'check-patch-file', subject, inputs: url === '' ? {} : { url } })
      }),
  },
  drill: {
    usage: 'drill',
    what: 'start an exercise: a critical change, only pretended',
    roles: DRILLERS,
    run: ({ intent, act }) => act({ ...intent, verb: 'start-drill', subject: '', inputs: {} }),
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

/** A yes to the halt that is now; with the last one that the quorum needs, it goes on. */
function resume({ house, argument, intent, act }: Typed): Promise<Outcome> {
  return byNumber(argument, 'resume 12', async (subject) => {
    const number = numberOf(argument) ?? 0
    const before = await readChange(house.db, number)
    if (!before) return no('CHANGE_UNKNOWN', `There is no change ${number}. Try \`changes\`.`)
    const { rollout } = before
    const halt = rollout?.halt
    if (!rollout || !halt || (rollout.status !== 'halted' && rollout.status !== 'stopped'))
      return no('NOTHING_TO_RESUME', `Change ${number} does not stand still: it ${phaseWords(before.phase)}.`)
    const outcome = await act({ ...intent, verb: 'resume', subject, digest: haltDigest(rollout), inputs: {} })
    if (!outcome.ok) return outcome
    const after = await readChange(house.db, number)
    const goesOn = after?.rollout?.status === 'running'
    const text = goesOn ? 'The quorum is there: it goes on.' : 'Your yes counts. It goes on when the quorum is there.'
    return show(
      whisper(goesOn ? `Change ${number} is resumed` : `Change ${number}: you agree to go on`, [
        textBlock(text),
        quiet(`It stood still because: ${halt.reason}`),
      ]),
    )
  })
}

/** Asks for a delay as the button on the announcement does. Without a time it lists when the update could be instead. */
function delay({ house, argument, intent, actor, act }: Typed): Promise<Outcome> {
  return byNumber(argument, 'delay 12 tomorrow 22:00 month-end closing', async (subject) => {
    const number = numberOf(argument) ?? 0
    const state = await readChange(house.db, number)
    if (!state?.announcement || !state.submission) return no('NOT_ANNOUNCED', `Nothing was announced under change ${number}.`)
    const words = argument.split(/\s+/).slice(1)
    const until = readDate(words, actor.zone, house.clock.now().toISOString(), 'future')
    if (!until && words.length > 0)
      return no(
        'DATE_UNKNOWN',
        `Until when? "${words.join(' ').slice(0, 60)}" does not begin with a date. Expected one such as ${DATE_EXAMPLES}.`,
      )
    if (!until) return show(openingsCard(number, laterOpenings(house, state.submission.plan.window)))
    return act({ ...intent, verb: 'ask-delay', subject, inputs: { until: until.from, reason: words.slice(until.words).join(' ') } })
  })
}

/** The next openings of the window that it is planned into: hosts start in no other. */
function laterOpenings(house: House, { id, end }: Plan['window']): readonly Instant[] {
  const { policy } = house.inForce
  const rule = policy.windows.find((w) => w.id === id)
  const now = house.clock.now().toISOString()
  return rule ? nextOpenings(rule, policy.blackouts, now > end ? now : end, MOST_OPENINGS).map(({ start }) => start) : []
}

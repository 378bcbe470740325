import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Activity } from '../../adapters/teams/activity.ts'
import { receiver } from '../../adapters/teams/receive.ts'
import { refuse } from '../../src/core/result.ts'
import { shown } from '../support/adaptive.ts'
import { TEAM } from '../support/teams-adapter.ts'
import { receivingTo } from '../support/teams-receiving.ts'

// The clock stands still until it is moved: what is late is so by the clock alone, whatever the machine does meanwhile.

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const inMs = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

const SUBMIT: Activity = {
  type: 'invoke',
  name: 'task/submit',
  id: 'f:1',
  from: { id: '29:ana' },
  recipient: { id: '28:bot' },
  conversation: { id: TEAM, conversationType: 'channel' },
  value: { data: { v: 1, verb: 'classify', id: 'change:1', 'reason~0': 'because' } },
}

/** A form is sent to a house that refuses it after `deedMs` and draws it once more in `formMs`. */
function submit(deedMs: number, formMs: number) {
  const { on, told, failures } = receivingTo({
    handleIntent: async () => {
      await inMs(deedMs)
      return refuse('REASON_NEEDED', 'Please say why.')
    },
    formFor: async () => {
      await inMs(formMs)
      return { title: 'Classify openssl', submit: 'Classify', fields: [] }
    },
  })
  const answers: unknown[] = []
  const answered = receiver(on)(SUBMIT).then(({ body }) => void answers.push(body))
  return { answers, answered, told: () => told.flatMap(shown).join(' '), failures }
}

const FORM = { task: { type: 'continue', value: { title: 'Classify openssl' } } }
const ALONE = /Please say why.*You had written.*because/
const WAIT = { task: { type: 'message', value: expect.stringMatching(/takes a moment/) } }

test.each<[string, number, number, object, RegExp]>([
  ['both quick', 0, 0, FORM, /^$/],
  ['both slow, but in time together', 1200, 790, FORM, /^$/],
  ['a slow form', 0, 2100, WAIT, ALONE],
  ['a slow deed that leaves the form too little', 1500, 600, WAIT, ALONE],
  ['a deed that leaves nothing', 2000, 10, WAIT, ALONE],
  ['a deed that takes longer by itself', 3000, 0, WAIT, ALONE],
])('%s: a form that was sent is answered within two seconds in all', async (_what, deedMs, formMs, answer, alone) => {
  const sent = submit(deedMs, formMs)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(sent.answers).toMatchObject([answer])
  await vi.runAllTimersAsync()
  await sent.answered
  expect(sent.told()).toMatch(alone)
  expect(sent.failures).toEqual([])
})

import { expect, test, vi } from 'vitest'
import { guarded } from '../../src/boot/guard.ts'
import type { ChatPlatform } from '../../src/ports.ts'
import { card } from '../support/cards.ts'

const SAID = { place: 'C1', message: '1' }
const CHANNEL = { id: 'team', platform: 'loopback', ref: 'C1' }

function room() {
  const platform = {
    name: 'loopback',
    budgets: [],
    post: vi.fn(async () => SAID),
    reply: vi.fn(async () => SAID),
    edit: vi.fn(async () => undefined),
    whisper: vi.fn(async () => undefined),
    find: vi.fn(async () => 'absent' as const),
    onAside: vi.fn(),
  } satisfies Required<ChatPlatform>
  const check = vi.fn()
  return { platform, check, guard: guarded(platform, check) }
}

const SAYS: readonly [string, (of: ChatPlatform) => Promise<unknown>][] = [
  ['post', (of) => of.post(CHANNEL, card(), 'post-1')],
  ['reply', (of) => of.reply(SAID, card(), 'post-1')],
  ['edit', (of) => of.edit(SAID, card())],
  ['whisper', (of) => of.whisper(CHANNEL, 'ann@example.org', card())],
]

test.each(SAYS)('%s: said while this is the active bot, and not any more when it is not', async (name, say) => {
  const { platform, check, guard } = room()
  await say(guard)
  const spoken = platform[name as 'post']
  expect([spoken.mock.calls.length, check.mock.calls.length]).toEqual([1, 1])
  check.mockImplementation(() => {
    throw new Error('not the active bot any more')
  })
  await expect(say(guard)).rejects.toThrow('not the active bot any more')
  expect(spoken).toHaveBeenCalledTimes(1)
})

test('nothing that a platform can do is forgotten: what says something is checked, what does not is named here', () => {
  const { platform } = room()
  const does = Object.entries(platform).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []))
  expect(does.toSorted()).toEqual([...SAYS.map(([name]) => name), 'find', 'onAside'].toSorted())
})

test('whatever else a platform has passes: calls beside the deliverer are counted, what was sent can be searched for', async () => {
  const { platform, check, guard } = room()
  const window = { opensInMs: () => 0, begin: () => () => undefined }
  guard.onAside?.(window)
  expect(platform.onAside).toHaveBeenCalledWith(window)
  expect(await guard.find(CHANNEL, null, 'post-1')).toBe('absent')
  expect(Object.keys(guard).toSorted()).toEqual(Object.keys(platform).toSorted())
  expect(check).not.toHaveBeenCalled()
})

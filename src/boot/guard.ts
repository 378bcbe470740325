import type { ChatPlatform } from '../ports.ts'

/** The platform, which says nothing any more once `check` throws. What it only reads, and what it tells of itself, needs no check. */
export function guarded(platform: ChatPlatform, check: () => void): ChatPlatform {
  const checked = async <T>(act: () => Promise<T>): Promise<T> => {
    check()
    return act()
  }
  return {
    ...platform,
    post: (to, card, key) => checked(() => platform.post(to, card, key)),
    reply: (to, card, key) => checked(() => platform.reply(to, card, key)),
    edit: (ref, card) => checked(() => platform.edit(ref, card)),
    whisper: (to, person, card) => checked(() => platform.whisper(to, person, card)),
  }
}

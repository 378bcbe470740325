import type { Card } from '../../src/cards/card.ts'
import type { ChatPlatform, MessageRef } from '../../src/ports.ts'

/** Private words for one person, for the pages that this person has open. */
export interface Whisper {
  readonly place: string
  readonly person: string
  readonly card: Card
}

export interface WebPlatform extends ChatPlatform {
  /** Returns the way to end the subscription. */
  onWhisper(listener: (whisper: Whisper) => void): () => void
}

/**
 * The web page as a chat platform. It stores nothing: the Post rows keep what is shown and the page reads them, so posting, replying
 * and editing only name the message. The name follows from the key, hence the same key twice is one message and is always found.
 */
export function webPlatform(): WebPlatform {
  const listeners = new Set<(whisper: Whisper) => void>()
  const ref = (place: string, key: string): MessageRef => ({ place, message: key })
  const under = (to: MessageRef, key: string): MessageRef => ({ ...ref(to.place, key), thread: to.thread ?? to.message })
  return {
    name: 'web',
    budgets: [],
    post: async (to, _card, key) => ref(to.ref, key),
    reply: async (to, _card, key) => under(to, key),
    edit: async () => {},
    whisper: async (to, person, card) => {
      for (const listener of listeners) listener({ place: to.id, person, card })
    },
    find: async (to, thread, key) => ({ found: thread === null ? ref(to.ref, key) : under(thread, key) }),
    onWhisper: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

import type { Card } from './card.ts'

const hello = (text: string): Card => ({
  look: 'whisper',
  tone: 'info',
  badges: [],
  title: 'Hello, this is Patchcrier',
  blocks: [{ kind: 'text', text: [text] }],
  actions: [],
  summary: 'Patchcrier was added.',
})

/** The bot was added to somebody's private conversation. */
export const helloCard = (): Card =>
  hello('Here I tell you what is for you alone. Type help to see what I can do; send me a file that you doubt.')

/** The bot was added somewhere: whoever writes the policy needs to know what the place is called there. `place` null: none of the policy's. */
export const helloThereCard = (platform: string, ref: string, place: string | null): Card =>
  hello(
    place === null
      ? `This is not a place of the policy yet. An admin can make it one: platform ${platform}, ref ${ref}`
      : `This is the place ${place} of the policy. Mention me with help to see what I can do.`,
  )

import { randomUUID } from 'node:crypto'
import type { TestHouse } from '../support/house.ts'
import type { Answer, Hands } from './hands.ts'

type Json = Record<string, unknown>
interface Seen {
  readonly id: string
  readonly card: Json
}

/** What the hands reach the bot by. Its `settle` waits until nothing is on its way any more. */
export interface Reach {
  settle(): Promise<void>
  /** An HTTP call to the bot; `path` begins with a slash. */
  call(path: string, init?: RequestInit): Promise<Response>
}

/** Straight to a bot that is there all the time. */
export const reachOf = (house: Pick<TestHouse, 'url' | 'settle'>): Reach => ({
  settle: () => house.settle(),
  call: (path, init) => fetch(new URL(path, house.url), init),
})

/** The main job by the page's own JSON: what is sent is what the page would send. */
export function webHands(house: Reach): Hands {
  const posts = async (place: string): Promise<readonly Seen[]> => {
    const response = await house.call(`/api/places/${place}/posts`)
    return ((await response.json()) as { posts: Seen[] }).posts
  }
  const newest = async (place: string, title: RegExp): Promise<Seen | undefined> =>
    (await posts(place)).findLast((p) => title.test(titleOf(p.card)))
  const found = async (place: string, title: RegExp): Promise<Seen> => {
    await house.settle()
    const post = await newest(place, title)
    if (!post)
      throw new Error(`no card of ${place} matches ${title}; there are: ${(await posts(place)).map((p) => titleOf(p.card)).join(' | ')}`)
    return post
  }
  return {
    name: 'web',
    press: async (person, place, title, label, inputs = {}) => {
      const post = await found(place, title)
      const action = actionsOf(post.card).find((a) => a.title === label)
      if (!action)
        throw new Error(
          `"${titleOf(post.card)}" has no button "${label}"; it has: ${actionsOf(post.card)
            .map((a) => a.title)
            .join(', ')}`,
        )
      return send(house, person, place, action, inputs)
    },
    see: async (place, title, text) => {
      const words = textOf((await found(place, title)).card)
      if (text && !text.test(words)) throw new Error(`the card ${title} of ${place} does not show ${text}; it shows:\n${words}`)
      return words
    },
    count: async (place, title) => {
      await house.settle()
      return (await posts(place)).filter((p) => title.test(titleOf(p.card))).length
    },
    buttons: async (place, title) => actionsOf((await found(place, title)).card).map((a) => `${a.title}`),
  }
}

async function send(house: Reach, person: string, place: string, action: Json, inputs: Readonly<Record<string, string>>): Promise<Answer> {
  const card = action.card as Json | undefined
  const submit = card ? (objects(card).find((o) => o.type === 'Action.Execute') as Json) : action
  const defaults = card
    ? objects(card)
        .filter((o) => `${o.type}`.startsWith('Input.'))
        .map((o) => [`${o.id}`.split('~')[0], `${o.value ?? ''}`] as const)
    : []
  const data = submit.data as { verb: string; id: string; digest?: string }
  const body = {
    person,
    place,
    verb: data.verb,
    subject: data.id,
    digest: data.digest,
    inputs: { ...Object.fromEntries(defaults), ...inputs },
    delivery: randomUUID(),
  }
  const response = await house.call('/api/intents', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { ok?: true; cards?: Json[]; refusal?: { code: string; text: string } }
  if (response.status !== 200) throw new Error(`${response.status}: ${JSON.stringify(answer)}`)
  await house.settle()
  return answer.refusal
    ? { refused: true, text: `${answer.refusal.code}: ${answer.refusal.text}` }
    : { refused: false, text: (answer.cards ?? []).map(textOf).join('\n') }
}

/** Every object of a card, outside in. */
function objects(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(objects)
  if (value === null || typeof value !== 'object') return []
  return [value as Json, ...Object.values(value).flatMap(objects)]
}

const BUTTONS = ['Action.Execute', 'Action.ShowCard']
/** The card's own buttons, not those inside its forms. */
function actionsOf(card: Json): Json[] {
  const inner = (value: unknown): Json[] => {
    if (Array.isArray(value)) return value.flatMap(inner)
    if (value === null || typeof value !== 'object') return []
    const one = value as Json
    return BUTTONS.includes(`${one.type}`) ? [one] : Object.values(one).flatMap(inner)
  }
  return inner(card)
}

export const textOf = (card: Json): string =>
  objects(card)
    .flatMap((o) => (typeof o.text === 'string' ? [o.text] : []))
    .join(' ')
    .replace(/\\([\\`*_{}[\]()#+\-.!|>~$&<:@/])/g, '$1')

const titleOf = (card: Json): string =>
  objects(card.body)
    .flatMap((o) => ((o.size === 'large' || o.size === 'extraLarge' || o.size === 'medium') && typeof o.text === 'string' ? [o.text] : []))
    .join(' ') || textOf(card).slice(0, 120)

import type { types } from '@slack/bolt'
import { pino } from 'pino'
import { type Slack, startSlack } from '../../adapters/slack/index.ts'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import { type Policy, policySchema } from '../../src/core/policy.ts'
import type { Connect, Parts } from '../../src/main.ts'
import type { Directory } from '../../src/ports.ts'
import { textOf } from '../support/block-kit.ts'
import type { TestHouse } from '../support/house.ts'
import { openedIn, type SlackMessage, type SlackPeer, startSlackPeer } from '../support/slack.ts'
import type { Mode } from '../support/slack-bot.ts'
import type { Answer, Hands } from './hands.ts'

/** An organisation with places on Slack, its emulated workspace, and the adapter between them. */
export interface SlackSide {
  readonly peer: SlackPeer
  readonly policy: Policy
  /** Starts the house with it; the pace is a test's, not Slack's. */
  readonly parts: Parts
  /** The adapter that serves now; another one after a restart of the house. */
  adapter(): Slack
}

/** Starts the workspace: everybody of the policy is in it, and every place on Slack is a channel there, named by its `ref`. */
export async function slackSide(sample: Policy, mode: Mode = 'http'): Promise<SlackSide> {
  const peer = await startSlackPeer({
    people: sample.people.map(({ name, email }) => ({ name, email })),
    channels: sample.places.filter(onSlack).map((place) => place.ref),
  })
  const places = sample.places.map((place) => (onSlack(place) ? { ...place, ref: peer.channel(place.ref) } : place))
  const policy = policySchema.parse({ ...sample, places })
  let adapter: Slack | undefined
  const connect: Connect = async (doors) => {
    adapter = await startSlack({
      config: mode === 'http' ? peer.config : peer.socketConfig,
      doors,
      directory: directoryOf(policy),
      log: pino({ level: process.env.PATCHCRIER_LOG ?? 'silent' }),
    })
    peer.connect(adapter.url)
    return adapter
  }
  return {
    peer,
    policy,
    parts: { policy: { policy, hash: sha256Hex(canonicalJson(policy)), approved: true }, connect: [connect], pace: { budgets: {} } },
    adapter: () => {
      if (adapter === undefined) throw new Error('the house has not been started')
      return adapter
    },
  }
}

function directoryOf({ people, places }: Policy): Directory {
  return {
    emailByPerson: (id) => people.find((person) => person.id === id)?.email.toLowerCase() ?? null,
    placeByRef: (ref) => places.find((place) => onSlack(place) && place.ref === ref)?.id ?? null,
    groups: () => [],
    groupByRole: () => null,
  }
}

const onSlack = (place: { readonly platform: string }): boolean => place.platform === 'slack'

/** The main job by signed clicks and modals, as Slack sends them, seen as Slack shows it. */
export function slackHands(house: Pick<TestHouse, 'settle'>, { peer, policy, adapter }: SlackSide): Hands {
  const channelOf = (id: string): string => policy.places.find((place) => place.id === id && onSlack(place))?.ref ?? id
  const emailOf = (id: string): string => policy.people.find((person) => person.id === id)?.email ?? id
  const matching = async (place: string, title: RegExp): Promise<SlackMessage[]> => {
    await house.settle()
    return (await peer.messages(channelOf(place))).filter((message) => title.test(titleOf(message.blocks)))
  }
  const found = async (place: string, title: RegExp): Promise<SlackMessage> => {
    const message = (await matching(place, title)).at(-1)
    if (message) return message
    const there = (await peer.messages(channelOf(place))).map((one) => titleOf(one.blocks))
    throw new Error(`no message of ${place} matches ${title}; there are: ${there.join(' | ')}`)
  }

  const read = (blocks: readonly types.KnownBlock[]): string =>
    wordsOf(withNames(blocks, (id) => policy.people.find(({ email }) => peer.user(email) === id)?.name ?? id))

  return {
    name: 'slack',
    press: async (person, place, title, label, inputs = {}) => {
      const email = emailOf(person)
      const message = await found(place, title)
      const before = { requests: peer.proxy.requests.length, whispers: peer.whispers(email).length }
      taken(await peer.click(email, channelOf(place), message.ts, label))
      await adapter().idle()
      const opened = peer.proxy.requests.slice(before.requests).flatMap((request) => openedIn(request) ?? [])[0]
      const submitted = opened && taken(await peer.submit(email, opened, inputs))
      await adapter().idle()
      await house.settle()
      if (submitted?.errors) return { refused: true, text: Object.values(submitted.errors).join(' ') }
      return told(peer.whispers(email).slice(before.whispers))
    },
    see: async (place, title, text) => {
      const words = read((await found(place, title)).blocks)
      if (text && !text.test(words)) throw new Error(`the message ${title} of ${place} does not show ${text}; it shows:\n${words}`)
      return words
    },
    count: async (place, title) => (await matching(place, title)).length,
    buttons: async (place, title) => labelsOf((await found(place, title)).blocks),
  }
}

/** Slack shows anything but 200 as a trouble of the app. */
function taken<T extends { readonly status: number }>(answer: T): T {
  if (answer.status !== 200) throw new Error(`the adapter answered ${answer.status}`)
  return answer
}

/** A refusal is a private message of its own look; anything else that is said privately is an answer. */
function told(whispers: readonly { readonly blocks: readonly types.KnownBlock[] }[]): Answer {
  const refused = whispers.some(({ blocks }) => titleOf(blocks) === 'Not done')
  return { refused, text: whispers.map(({ blocks }) => wordsOf(blocks)).join('\n') }
}

/** Slack shows who is mentioned by name. */
const withNames = (blocks: readonly types.KnownBlock[], nameOf: (user: string) => string): readonly types.KnownBlock[] =>
  JSON.parse(JSON.stringify(blocks), (_key, value) => (value?.type === 'user' ? { type: 'text', text: nameOf(value.user_id) } : value))

/** All that can be read in a message, on one line. */
const wordsOf = (blocks: readonly types.KnownBlock[]): string => blocks.map(textOf).join(' ').replace(/\s+/g, ' ')

/** Its header, or the first line of one that has none, without the mark before it. */
export function titleOf(blocks: readonly types.KnownBlock[]): string {
  const title = blocks.find((block) => block.type === 'header') ?? blocks.find((block) => block.type === 'rich_text')
  return textOf(title).replace(/^[^\p{L}\p{N}]+/u, '')
}

const labelsOf = (blocks: readonly types.KnownBlock[]): string[] =>
  blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .flatMap((one) => ('text' in one && one.text ? [one.text.text] : []))

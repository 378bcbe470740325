import { pino } from 'pino'
import { startTeams, type Teams } from '../../adapters/teams/index.ts'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import { type Policy, policySchema } from '../../src/core/policy.ts'
import type { Connect, Parts } from '../../src/main.ts'
import type { Directory } from '../../src/ports.ts'
import { objects, shown } from '../support/adaptive.ts'
import type { TestHouse } from '../support/house.ts'
import type { ShownMessage } from '../support/playground.ts'
import { accountOf, conversationsOf, startTeamsPeer, type TeamsPeer } from '../support/teams.ts'
import type { Answer, Hands } from './hands.ts'

/** An organisation with places on Teams, two playgrounds with them, and the adapter between. */
export interface TeamsSide {
  readonly peer: TeamsPeer
  readonly policy: Policy
  readonly connect: Connect
  /** Starts the house with it; the pace is a test's, not Teams'. */
  readonly parts: Parts
  /** The adapter that serves now; another one after a restart of the house. */
  adapter(): Teams
}

const onTeams = (place: { readonly platform: string }): boolean => place.platform === 'teams'

/** Channels and group chats in turn, three to a playground. */
const REFS = [0, 1].flatMap((n) => {
  const { team, channel, group } = conversationsOf(n)
  return [team, channel, group]
})

/** Starts Teams: everybody of the policy is in it, and every place on Teams is a channel or a group chat there. */
export async function teamsSide(sample: Policy): Promise<TeamsSide> {
  const there = sample.places.filter(onTeams)
  const peer = await startTeamsPeer(sample.people, { playgrounds: there.length > 3 ? 2 : 1 })
  const places = sample.places.map((place) => (onTeams(place) ? { ...place, ref: REFS[there.indexOf(place)] ?? place.ref } : place))
  const policy = policySchema.parse({ ...sample, places })
  const directory: Directory = {
    emailByPerson: (id) => policy.people.find((person) => person.id === id)?.email ?? null,
    placeByRef: (ref) => policy.places.find((place) => onTeams(place) && place.ref === ref)?.id ?? null,
    groups: () => [],
    groupByRole: () => null,
  }
  let adapter: Teams | undefined
  const connect: Connect = async (doors) => {
    const log = pino({ level: process.env.PATCHCRIER_LOG ?? 'silent' })
    adapter = await startTeams({ config: peer.config, doors, directory, listen: { port: 0 }, log })
    peer.connect(adapter.url)
    return adapter
  }
  return {
    peer,
    policy,
    connect,
    parts: { policy: { policy, hash: sha256Hex(canonicalJson(policy)), approved: true }, connect: [connect], pace: { budgets: {} } },
    adapter: () => {
      if (adapter === undefined) throw new Error('the house has not been started')
      return adapter
    },
  }
}

/** The main job by clicks and forms in the playground, seen as Teams shows it. */
export function teamsHands(house: Pick<TestHouse, 'settle'>, { peer, policy, adapter }: TeamsSide): Hands {
  const refOf = (id: string): string => policy.places.find((place) => place.id === id && onTeams(place))?.ref ?? id
  const matching = async (place: string, title: RegExp): Promise<ShownMessage[]> => {
    await house.settle()
    return peer.messages(refOf(place)).filter(({ card }) => title.test(titleOf(card)))
  }
  const found = async (place: string, title: RegExp): Promise<ShownMessage> => {
    const message = (await matching(place, title)).at(-1)
    if (message) return message
    const there = peer.messages(refOf(place)).map(({ card }) => titleOf(card))
    throw new Error(`no message of ${place} matches ${title}; there are: ${there.join(' | ')}`)
  }
  return {
    name: 'teams',
    press: async (person, place, title, label, inputs = {}) => {
      const message = await found(place, title)
      const before = peer.whispers(accountOf(person)).length
      const answer = await peer.press(accountOf(person), message, pressedData(message.card, label, inputs))
      await adapter().idle()
      await house.settle()
      return told(answer, peer.whispers(accountOf(person)).slice(before))
    },
    see: async (place, title, text) => {
      const words = wordsOf((await found(place, title)).card)
      if (text && !text.test(words)) throw new Error(`the message ${title} of ${place} does not show ${text}; it shows:\n${words}`)
      return words
    },
    count: async (place, title) => (await matching(place, title)).length,
    buttons: async (place, title) => actionsOf((await found(place, title)).card).map((action) => String(action.title)),
  }
}

const GOOD = ['Done.', 'You find it below.']

/** A line above the card that is none of the good ones is a refusal. */
function told({ type, value }: { type: string; value: unknown }, whispers: readonly unknown[]): Answer {
  const said = type === 'application/vnd.microsoft.activity.message'
  const text = [said ? String(value) : wordsOf(value), ...whispers.map(wordsOf)].join('\n')
  return { refused: said ? !GOOD.includes(String(value)) : titleOf(value) === 'Not done', text }
}

/** All that can be read in a card, on one line. */
export const wordsOf = (card: unknown): string => shown(withNames(card)).join(' ').replace(/\s+/g, ' ')

/** A mention is read as the name that it calls. */
function withNames(card: unknown): unknown {
  const called = objects(card).flatMap((one) =>
    one.type === 'mention' ? [one as unknown as { text: string; mentioned: { name: string } }] : [],
  )
  return called.reduce((json, { text, mentioned }) => JSON.parse(JSON.stringify(json).replaceAll(text, mentioned.name)), card)
}

/** Its title, or the first line of one that has none. */
function titleOf(card: unknown): string {
  const title = objects(card).find(({ id }) => id === 'title')
  return shown(title ?? card)[0] ?? ''
}

/** The buttons that one sees, without those of forms that are folded. */
function actionsOf(card: unknown): Readonly<Record<string, unknown>>[] {
  const { body = [], actions = [] } = card as { body?: Record<string, unknown>[]; actions?: Record<string, unknown>[] }
  const inBody = body.flatMap((element) => (element.type === 'ActionSet' ? (element.actions as Record<string, unknown>[]) : []))
  return [...inBody, ...actions].filter(({ type }) => type !== 'Action.OpenUrl')
}

/** What Teams sends for a button: its data, with what was typed under the names of the inputs. */
export function pressedData(card: unknown, label: string, inputs: Readonly<Record<string, string>>): object {
  const there = actionsOf(card)
  const button = there.find(({ title }) => title === label)
  if (button === undefined) throw new Error(`no button ${label}; there are: ${there.map(({ title }) => title).join(', ')}`)
  if (button.type !== 'Action.ShowCard') return button.data as object
  const form = button.card as { body: Record<string, unknown>[]; actions: { data: object }[] }
  const fields = form.body.filter(({ type }) => String(type).startsWith('Input.'))
  const field = (name: string) => fields.find(({ id }) => String(id).replace(/~\d+$/, '') === name)
  const unknown = Object.keys(inputs).filter((name) => field(name) === undefined)
  if (unknown.length > 0) throw new Error(`no such field in the form: ${unknown.join(', ')}`)
  const typed = {
    ...Object.fromEntries(fields.map(({ id, value }) => [id, value ?? ''])),
    ...renamed(inputs, (name) => String(field(name)?.id)),
  }
  return { ...form.actions[0]?.data, ...typed }
}

const renamed = (inputs: Readonly<Record<string, string>>, name: (field: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(inputs).map(([field, value]) => [name(field), value]))

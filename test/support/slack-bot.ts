import { type Slack, startSlack } from '../../adapters/slack/index.ts'
import type { Form } from '../../src/cards/card.ts'
import type { ButtonValue, Intent } from '../../src/core/intent.ts'
import { allow, refuse } from '../../src/core/result.ts'
import type { Account, Directory, Doors, Doubt, OpenedHome, Outcome } from '../../src/ports.ts'
import type { SlackPeer } from './slack.ts'

export const DANA = 'dana@example.org'
export const STRANGER = 'stranger@example.org'
export const PEOPLE = [DANA, STRANGER].map((email) => ({ name: email.split('@')[0] ?? email, email }))

/** The adapter before a house that a test plays: what came in, and what it answers. */
export interface SlackBot {
  readonly slack: Slack
  readonly intents: Intent[]
  readonly doubts: Doubt[]
  readonly accounts: Account[]
  readonly wanting: Account[]
  readonly asked: ButtonValue[]
  readonly logged: string[]
  readonly signatures: () => number
  answer: (intent: Intent) => Promise<Outcome>
  form: Form | null
  groups: readonly string[]
  /** Pages that were opened. The house would draw them; here a test does. */
  readonly homes: OpenedHome[]
  readonly doors: { doubt: Doors['doubt']; openHome: Doors['openHome'] }
}

export type Mode = 'http' | 'socket'
export const MODES: readonly Mode[] = ['http', 'socket']

/** Starts it in one mode; `patch-team` is its one place. */
export async function startBot(peer: SlackPeer, mode: Mode, more: { readonly timeoutMs?: number } = {}): Promise<SlackBot> {
  const logged: string[] = []
  const keep = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
  let signatures = 0
  const made: Omit<SlackBot, 'slack'> = {
    intents: [],
    doubts: [],
    accounts: [],
    wanting: [],
    asked: [],
    logged,
    signatures: () => signatures,
    answer: async () => ({ ok: true, cards: [] }),
    form: null,
    groups: [],
    homes: [],
    doors: { openHome: async (home) => void made.homes.push(home), doubt: async () => ({ ok: true, cards: [] }) },
  }
  const directory: Directory = {
    emailByPerson: (person) => (person === 'dana' ? DANA : null),
    placeByRef: (ref) => (ref === peer.channel('patch-team') ? 'patch-team' : null),
    groups: () => made.groups,
    groupByRole: (role) => (role === 'security' ? (made.groups[0] ?? null) : null),
  }
  const config = mode === 'http' ? peer.config : peer.socketConfig
  const slack = await startSlack({
    config: { ...config, ...(more.timeoutMs === undefined ? {} : { timeoutMs: more.timeoutMs }) },
    doors: {
      handleIntent: (intent) => {
        made.intents.push(intent)
        return made.answer(intent)
      },
      formFor: async (button) => {
        made.asked.push(button)
        return made.form
      },
      recognise: async (account) => {
        made.accounts.push(account)
        if (account.email === DANA || account.groups.length > 0) return allow(account.email.split('@')[0] ?? '')
        return refuse('PERSON_UNKNOWN', 'You are not in the policy of Patchcrier yet.')
      },
      askForRole: async (account) => {
        made.wanting.push(account)
        return { ok: true, cards: [] }
      },
      doubt: (doubt) => {
        made.doubts.push(doubt)
        return made.doors.doubt(doubt)
      },
      openHome: (home) => made.doors.openHome(home),
    },
    directory,
    log: { info: keep, warn: keep, error: keep },
    onBadSignature: () => {
      signatures += 1
    },
  })
  peer.connect(slack.url)
  return Object.assign(made, { slack })
}

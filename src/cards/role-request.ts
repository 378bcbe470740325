import { own } from '../core/own.ts'
import type { Policy, Role } from '../core/policy.ts'
import type { Instant } from '../core/result.ts'
import type { Card } from './card.ts'
import { at, button, fact, listed, outcome, quiet, roleWords, textBlock, whisper } from './words.ts'

export interface RoleRequestView {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly platform: string
  readonly askedAt: Instant
  readonly settled: { readonly at: Instant; readonly how: string } | null
  /** No more of today's requests are told. */
  readonly last: boolean
}

const PLATFORM: Readonly<Record<string, string>> = { slack: 'Slack', teams: 'Microsoft Teams' }

/** Somebody whom the policy does not know wants a role: what to add, for the admins. */
export function roleRequestCard({ id, name, email, platform, askedAt, settled, last }: RoleRequestView): Card {
  return {
    look: 'standard',
    tone: settled ? 'neutral' : 'info',
    badges: [],
    title: `${name} wants a role`,
    blocks: [
      {
        kind: 'facts',
        facts: [
          fact('Address', `${email}, confirmed by ${own(PLATFORM, platform) ?? platform}`),
          fact('Asked', at(askedAt)),
          ...(settled
            ? []
            : [fact('To give one', 'add these lines to people: in the policy, with an id and the role, and have it approved')]),
        ],
      },
      ...(settled ? [outcome('good', `${name} ${settled.how}, `, at(settled.at))] : [textBlock(policyLines(name, email))]),
      ...(settled
        ? []
        : [quiet('The name is what the account says of itself; go by the address. Until then this person can do nothing here.')]),
      ...(last ? [quiet('This is the last request that is told today: more are answered, and not shown here, until tomorrow.')] : []),
    ],
    actions: settled ? [] : [button('Dismiss', 'dismiss-request', `role-request:${id}`)],
    summary: `${name} (${email}) wants a role`,
  }
}

/** As one writes it: JSON is YAML, so that no name can become anything but a text. */
const policyLines = (name: string, email: string): string =>
  `- { id: ..., name: ${JSON.stringify(name)}, email: ${JSON.stringify(email)}, zone: ..., roles: [...] }`

const WORDS = {
  told: 'The admins have been told who you are and that you want a role. They add you to the policy, or ask you what you need; then try again.',
  'told before': 'The admins have been told already, and it is their turn now. Once they have added you to the policy, try again.',
  'too many today':
    'The admins have been told of many requests today, so yours was not passed on. Please try again tomorrow, or ask for help meanwhile.',
} as const

/** The private answer to who asked for a role. */
export const askedCard = (asked: keyof typeof WORDS | 'known', { helpPlace }: Policy, roles: readonly Role[] = []): Card =>
  asked === 'known'
    ? whisper('You have a role already', [textBlock(`I know you: ${listed(roles.map(roleWords))}. Try \`help\`.`)], { tone: 'good' })
    : whisper('A role for you', [textBlock(WORDS[asked]), quiet(`Is it urgent? ${helpPlace}`)], {
        tone: asked === 'too many today' ? 'warning' : 'good',
      })

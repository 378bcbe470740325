import type { Finding } from './facts.ts'

/** A no of Slack's (`refused`), or no answer. */
export interface SlackTrouble {
  readonly refused: boolean
  /** What Slack answered, a sentence. */
  readonly said: string
}

export interface SlackPlace {
  /** Name and channel id of the place in the policy. */
  readonly name: string
  readonly ref: string
  readonly state: { readonly channel: string; readonly is: 'joined' | 'not joined' | 'archived' } | SlackTrouble
}

/** What Slack answered. */
export interface SlackFacts {
  /** What the bot token may do; empty where Slack does not say, as some proxies of it do not. */
  readonly scopes: readonly string[] | SlackTrouble
  /** About the app-level token; null: it is well, or there is none. */
  readonly appToken: SlackTrouble | null
  readonly places: readonly SlackPlace[]
}

/** What the bot is allowed in Slack, and what each is for. `manifests/slack.yaml` asks for exactly these. */
export const BOT_SCOPES: Readonly<Record<string, string>> = {
  'chat:write': 'posts, edits and answers privately',
  commands: 'takes /patch and the shortcut "Is this real?"',
  'app_mentions:read': 'hears when it is mentioned in a channel',
  'im:history': 'hears what people write to it directly',
  'users:read': 'sees that an account is active and no guest, and its time zone',
  'users:read.email': 'knows people by their confirmed address, as the policy names them',
  'usergroups:read': 'gives roles by user group, and mentions groups',
  'files:read': 'checks a mail or a file that somebody sends it',
  'files:write': 'shows charts as pictures',
  'channels:history': 'finds a message again whose confirmation was lost, so that nothing is said twice',
  'groups:history': 'the same in private channels',
  'channels:read': 'lets doctor see that the bot is in the channels of the policy',
  'groups:read': 'the same for private channels',
}

/** What keeps the bot from working in Slack, where it was asked. */
export const slackFindings = ({ scopes, appToken, places }: SlackFacts): readonly Finding[] => [
  ...('said' in scopes ? [botTokenFinding(scopes)] : scopeFindings(scopes)),
  ...(appToken === null ? [] : [appTokenFinding(appToken)]),
  ...places.flatMap(placeFindings),
]

const README = 'adapters/slack/README.md'
const UNREACHED = 'See that this machine reaches https://slack.com, then ask again.'

const botTokenFinding = ({ refused, said }: SlackTrouble): Finding => ({
  area: 'configuration',
  what: `Slack: ${said}`,
  why: 'Without it nothing is told in Slack, and nobody can decide there.',
  mend: refused ? `Set SLACK_BOT_TOKEN to the "Bot User OAuth Token" under OAuth & Permissions of the app (${README}).` : UNREACHED,
})

/** An app token without its scope, or of another app, cannot open a connection. */
const appTokenFinding = ({ refused, said }: SlackTrouble): Finding => ({
  area: 'configuration',
  what: `Slack: ${said}`,
  why: 'Buttons, commands and messages come over the connection that this token opens.',
  mend: refused
    ? `Set SLACK_APP_TOKEN to an app-level token with the scope connections:write, under Basic Information of the same app, and see that Socket Mode is on (${README}).`
    : UNREACHED,
})

function scopeFindings(scopes: readonly string[]): readonly Finding[] {
  if (scopes.length === 0) return []
  return Object.entries(BOT_SCOPES)
    .filter(([scope]) => !scopes.includes(scope))
    .map(([scope, does]) => ({
      area: 'configuration',
      what: `Slack: the bot lacks the scope ${scope}.`,
      why: `With it the bot ${does}.`,
      mend: 'Add it under OAuth & Permissions of the app (or paste manifests/slack.yaml again), then install the app anew.',
    }))
}

const RENAME = 'Else set the ref of the place in the policy to the channel id, which Slack shows at the end of the channel details.'

function placeFindings({ name, ref, state }: SlackPlace): readonly Finding[] {
  const found = (what: string, mend: string): readonly Finding[] => [
    { area: 'places', what, why: 'What is told there waits and reaches nobody.', mend },
  ]
  if ('said' in state) {
    return state.refused
      ? found(
          `Slack shows the bot no channel ${ref}, which is the place "${name}": ${state.said}`,
          `If it is private, type there: /invite @Patchcrier. ${RENAME}`,
        )
      : found(`The place "${name}" could not be asked about: ${state.said}`, UNREACHED)
  }
  switch (state.is) {
    case 'joined':
      return []
    case 'not joined':
      return found(`The bot is not in the channel #${state.channel} of the place "${name}".`, 'Type there: /invite @Patchcrier')
    case 'archived':
      return found(`The channel of the place "${name}" (${ref}) is archived.`, RENAME)
    default:
      return state.is satisfies never
  }
}

import { z } from 'zod'

export const slackConfig = z.strictObject({
  /** Bot token of the installed app. */
  botToken: z.string().startsWith('xoxb-'),
  /** Over a connection that we open (Socket Mode), or to our own port on loopback, signed. */
  requests: z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('socket'), appToken: z.string().startsWith('xapp-') }),
    z.strictObject({ by: z.literal('http'), signingSecret: z.string().min(1), port: z.int().min(0) }),
  ]),
  apiUrl: z.url().default('https://slack.com/api/'),
  /** Milliseconds for one call to Slack. */
  timeoutMs: z.int().positive().default(10_000),
})

export type SlackConfig = z.input<typeof slackConfig>

import type { DataFacts, Facts, Finding } from './facts.ts'

/** Older refusals say nothing of the secret that is set now. */
const COUNTS_FOR_MS = 24 * 3_600_000

/** A wrong signing secret shows only by requests that do not fit it, where none does: strangers may knock at the door of a bot that has the right one. */
export function signatureFindings({ now }: Facts, { slackRefused }: DataFacts): readonly Finding[] {
  if (slackRefused === null || Date.parse(now) - Date.parse(slackRefused.lastAt) > COUNTS_FOR_MS) return []
  const { count, since, lastAt } = slackRefused
  const when = count === 1 ? `at ${lastAt}` : `from ${since} to ${lastAt}`
  return [
    {
      area: 'configuration',
      what: `Slack: ${count === 1 ? '1 request' : `${count} requests`} in its name had a wrong signature or time, ${when}, and none since was right. The signing secret is probably wrong.`,
      why: 'What people press and type in Slack is refused.',
      mend: 'Set SLACK_SIGNING_SECRET to "Signing Secret" under Basic Information of the app and start the bot again; compare the clock of this machine. Then press any button in Slack: the first request that is right ends this.',
    },
  ]
}

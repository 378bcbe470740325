import type { Finding, TeamsFacts } from './facts.ts'

/** What keeps the bot from speaking in Teams, where it was asked. */
export function teamsFindings(teams: TeamsFacts | null): readonly Finding[] {
  if (teams === null) return []
  const { signIn, places } = teams
  if (signIn !== null)
    return [
      {
        area: 'platforms',
        what: `Teams: ${signIn}.`,
        why: 'The bot can neither post nor find out who presses a button.',
        mend: 'Compare MICROSOFT_APP_ID and MICROSOFT_APP_TENANT_ID with the registration of the app, and make a new secret where it has expired.',
      },
    ]
  return Object.entries(places).flatMap(([place, reason]): Finding[] =>
    reason === null
      ? []
      : [
          {
            area: 'platforms',
            what: `Teams: the bot does not get into the place ${place} (${reason}).`,
            why: 'What is said there does not arrive.',
            mend: 'Add the app to the team or chat, and compare the ref in the policy with the one that the bot said when it was added.',
          },
        ],
  )
}

import type { Finding } from './facts.ts'

/** What Teams answered, in words; null: well. */
export interface TeamsFacts {
  readonly signIn: string | null
  /** By place of the policy. */
  readonly places: Readonly<Record<string, string | null>>
}

/** What keeps the bot from speaking in Teams, where it was asked. */
export function teamsFindings({ signIn, places }: TeamsFacts): readonly Finding[] {
  if (signIn !== null)
    return [
      {
        area: 'configuration',
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
            area: 'places',
            what: `Teams: the bot does not get into the place ${place} (${reason}).`,
            why: 'What is said there does not arrive.',
            mend: 'Add the app to the team or chat, and compare the ref in the policy with the one that the bot said when it was added.',
          },
        ],
  )
}

import { own } from '../own.ts'
import type { Finding } from './facts.ts'

/** Why the bot does not get into a place: Teams does not let it, does not know the place, or something else. */
export interface TeamsPlaceTrouble {
  readonly why: 'not in it' | 'gone' | 'other'
  /** What Teams answered. */
  readonly said: string
}

const WHY: Readonly<Record<string, TeamsPlaceTrouble['why']>> = { FORBIDDEN: 'not in it', GONE: 'gone' }

/** @param code what the adapter calls the refusal (ports/chat.ts) */
export const troubleOf = ({ code, message }: { readonly code: string; readonly message: string }): TeamsPlaceTrouble => ({
  why: own(WHY, code) ?? 'other',
  said: message,
})

/** What Teams answered; null: well. */
export interface TeamsFacts {
  readonly signIn: string | null
  /** By place of the policy. */
  readonly places: Readonly<Record<string, TeamsPlaceTrouble | null>>
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
  return Object.entries(places).flatMap(([place, trouble]) => (trouble === null ? [] : [finding(place, trouble)]))
}

const finding = (place: string, { why, said }: TeamsPlaceTrouble): Finding => ({
  area: 'places',
  what: `Teams: ${WHAT[why](place)} (${said}).`,
  why: 'What is said there does not arrive.',
  mend: MEND[why],
})

const WHAT: Readonly<Record<TeamsPlaceTrouble['why'], (place: string) => string>> = {
  'not in it': (place) => `the bot is not in the team or chat of the place ${place}`,
  gone: (place) => `there is no such channel or chat as the one of the place ${place}`,
  other: (place) => `the bot does not get into the place ${place}`,
}

const MEND: Readonly<Record<TeamsPlaceTrouble['why'], string>> = {
  'not in it':
    'Add the app to the team or chat. Where Teams answered 401, it does not take the bot at all: look whether the Azure Bot has the channel Microsoft Teams.',
  gone: 'It was deleted, or its ref in the policy is wrong: compare it with the one that the bot said when it was added.',
  other: 'Ask again later; if it stays so, add the app to the team or chat once more.',
}

/** What the usual refusals of Microsoft's sign-in mean (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const MEANING: Readonly<Record<number, string>> = {
  90002: 'there is no such tenant',
  900023: 'the tenant is not written as one',
  700016: 'the tenant does not have this app',
  7000215: 'the secret is wrong',
  7000222: 'the secret has expired',
  7000112: 'the app is switched off',
}

/** Why Microsoft refused the bot, by name and number. Its own words are never shown: they may repeat what was sent. */
export function signInRefusal(name: string, number: number | undefined): string {
  const meaning = number === undefined ? undefined : MEANING[number]
  const said = `${name}${number === undefined ? '' : ` AADSTS${number}`}`
  return `${meaning === undefined ? '' : `: ${meaning}`} (${said})`
}

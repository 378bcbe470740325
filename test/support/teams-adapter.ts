import { pino } from 'pino'
import { startTeams, type Teams } from '../../adapters/teams/index.ts'
import { allow, refuse } from '../../src/core/result.ts'
import type { Account, Directory, Doors, Doubt } from '../../src/ports.ts'
import { type TestHouse, testHouse } from './doors.ts'
import { accountOf, conversationsOf, startTeamsPeer, type TeamsPeer, type TeamsPerson } from './teams.ts'

export const PEOPLE: readonly TeamsPerson[] = ['Ana Duarte', 'Dana Okafor', 'Lena Brandt', 'Nora Yilmaz', 'Emil Berg', 'Farah Haddad'].map(
  (name) => {
    const id = name.split(' ')[0]?.toLowerCase() ?? ''
    return { id, name, email: `${id}@norderhafen.example` }
  },
)

export const { team: TEAM, channel: ANNOUNCEMENTS, group: GROUP } = conversationsOf(0)
const PLACES: Readonly<Record<string, string>> = { [TEAM]: 'patch-team', [ANNOUNCEMENTS]: 'end-users', [GROUP]: 'management' }

export const ANA = accountOf('ana')
export const DANA = accountOf('dana')
/** Two hold one role, all the other. */
const rolesOf = (person: string): readonly string[] => [...(['ana', 'dana'].includes(person) ? ['security'] : []), 'patch-team']

/** The adapter between a playground and a house with nobody in it. */
export interface TeamsRig {
  readonly peer: TeamsPeer
  readonly teams: Teams
  readonly house: TestHouse
  readonly accounts: Account[]
  readonly asked: Account[]
  readonly doubts: Doubt[]
  readonly logged: string[]
  /** Teams to which the policy gives roles. */
  groups: readonly string[]
  readonly doors: { -readonly [name in 'formFor' | 'cardOf' | 'doubt']: Doors[name] }
  close(): Promise<void>
}

export async function startTeamsRig(): Promise<TeamsRig> {
  const peer = await startTeamsPeer(PEOPLE)
  const house = testHouse()
  const accounts: Account[] = []
  const asked: Account[] = []
  const doubts: Doubt[] = []
  const logged: string[] = []
  const rig = { groups: [] as readonly string[] }
  const directory: Directory = {
    emailByPerson: (id) => PEOPLE.find((one) => one.id === id)?.email ?? null,
    placeByRef: (ref) => PLACES[ref] ?? null,
    groups: () => rig.groups,
    groupByRole: () => null,
  }
  const doors: TeamsRig['doors'] = {
    formFor: house.doors.formFor,
    cardOf: house.doors.cardOf,
    doubt: async (doubt) => {
      doubts.push(doubt)
      return { ok: true, cards: [] }
    },
  }
  const teams = await startTeams({
    config: peer.config,
    directory,
    doors: {
      handleIntent: house.doors.handleIntent,
      people: async () => PEOPLE.map(({ id, name }) => ({ id, name, roles: rolesOf(id), zone: 'UTC' })),
      recognise: async (account) => {
        accounts.push(account)
        const known = PEOPLE.find(({ email }) => email === account.email)
        return known ? allow(known.id) : refuse('PERSON_UNKNOWN', 'You are not in the policy yet.')
      },
      askForRole: async (account) => {
        asked.push(account)
        return { ok: true, cards: [] }
      },
      formFor: (button, place) => doors.formFor(button, place),
      cardOf: (place, message) => doors.cardOf(place, message),
      doubt: (doubt) => doors.doubt(doubt),
    },
    listen: { port: 0 },
    log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
  })
  peer.connect(teams.url)
  return Object.assign(rig, {
    peer,
    teams,
    house,
    accounts,
    asked,
    doubts,
    logged,
    doors,
    close: async () => {
      await teams.close()
      await peer.close()
    },
  })
}

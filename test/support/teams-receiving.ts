import type { Receiving } from '../../adapters/teams/turn.ts'
import { allow } from '../../src/core/result.ts'
import { testHouse } from './doors.ts'
import { TEAM } from './teams-adapter.ts'

/** The handlers of incoming activities without a network, in front of these doors: who acts is known, and nothing that is said fails. */
export function receivingTo(doors: Partial<Receiving['doors']>) {
  /** What is told in a private chat. */
  const told: unknown[] = []
  const failures: unknown[] = []
  const send = async (_chat: string, message: object) => `message-${told.push(message)}`
  const nothing = () => Promise.reject(new Error('this test does without'))
  const on: Receiving = {
    doors: { ...testHouse().doors, recognise: async ({ id }) => allow(id), ...doors },
    directory: {
      emailByPerson: () => null,
      placeByRef: (ref) => (ref === TEAM ? 'team' : null),
      groups: () => [],
      groupByRole: () => null,
    },
    connector: { send, begin: nothing, personal: nothing, update: nothing, member: nothing, members: nothing },
    roster: { audience: nothing, account: nothing, alone: async (account, say) => void (await say(account)) },
    accountOf: async ({ from: { id } }) => allow({ platform: 'teams', id, name: id, email: `${id}@example.org`, groups: [] }),
    fetchFiles: nothing,
    later: (work) => void work.catch((error) => failures.push(error)),
    log: { info: () => {}, warn: (fields) => void failures.push(fields), error: (fields) => void failures.push(fields) },
  }
  return { on, told, failures }
}

import type { Role } from '../core/policy.ts'
import type { Card } from './card.ts'
import { listed, quiet, roleWords, shortened, textBlock, whisper } from './words.ts'

export interface RoleView {
  readonly role: Role
  /** Names; behind a role that a group gives stands which. */
  readonly holders: readonly string[]
  /** "Oskar Lindqvist for Dana Kowalska". */
  readonly delegates: readonly string[]
  /** The process needs it, and nobody holds it, or one person for whom nobody acts. */
  readonly weak: boolean
}

/** Everyone of a platform may be an end user. */
const MOST_NAMES = 25

/** Who holds what. What would stop the process on a bad day comes first. */
export function rolesCard(roles: readonly RoleView[], byGroups = false): Card {
  const unfilled = roles.filter((r) => r.weak && r.holders.length === 0)
  const alone = roles.filter((r) => r.weak && r.holders.length > 0)
  return whisper('Roles', [
    ...(unfilled.length > 0 ? [textBlock({ strong: 'Nobody holds: ' }, listed(unfilled.map((r) => roleWords(r.role))))] : []),
    ...(alone.length > 0
      ? [
          textBlock(
            { strong: 'One person alone, without a delegate: ' },
            listed(alone.map((r) => `${roleWords(r.role)} (${r.holders[0]})`)),
          ),
        ]
      : []),
    {
      kind: 'table',
      columns: ['Role', 'Who', 'Delegates'],
      rows: roles.map((r) => [roleWords(r.role), shortened(r.holders, MOST_NAMES) || 'nobody', r.delegates.join(', ')]),
    },
    quiet(byGroups ? 'Roles are given in the policy: by name, or by a group of the chat platform.' : 'Roles are given in the policy.'),
  ])
}

import type { Role } from '../core/policy.ts'
import type { Block, Card } from './card.ts'
import { askList, firstPage, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { listed, quiet, roleWords, textBlock, whisper } from './words.ts'

export interface RoleView {
  readonly role: Role
  /** Names; behind a role that a group gives stands which. */
  readonly holders: readonly string[]
  /** "Oskar Lindqvist for Dana Kowalska". */
  readonly delegates: readonly string[]
  /** The process needs it, and nobody holds it, or one person for whom nobody acts. */
  readonly weak: boolean
}

/** Everyone of a platform may be an end user. So many names stand in one line, and the role again in the next. */
const HOLDERS_A_LINE = 8
const DELEGATES_A_LINE = 4

/** Lines on one page of roles. */
export const ROLES_A_PAGE = 15

type Row = readonly [string, string, string]

const rowsOf = ({ role, holders, delegates }: RoleView): readonly Row[] =>
  Array.from(
    { length: Math.max(1, Math.ceil(holders.length / HOLDERS_A_LINE), Math.ceil(delegates.length / DELEGATES_A_LINE)) },
    (_, i) => [
      roleWords(role),
      holders.slice(i * HOLDERS_A_LINE, (i + 1) * HOLDERS_A_LINE).join(', ') || (i === 0 ? 'nobody' : ''),
      delegates.slice(i * DELEGATES_A_LINE, (i + 1) * DELEGATES_A_LINE).join(', '),
    ],
  )

export const rolesLines = (roles: readonly RoleView[]): number => roles.flatMap(rowsOf).length

/** Who holds what. What would stop the process on a bad day comes first. */
export function rolesCard(roles: readonly RoleView[], byGroups = false, page: Page = firstPage(ROLES_A_PAGE, rolesLines(roles))): Card {
  const unfilled = roles.filter((r) => r.weak && r.holders.length === 0)
  const alone = roles.filter((r) => r.weak && r.holders.length > 0)
  const blocks: readonly Block[] = [
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
      rows: linesOf(roles.flatMap(rowsOf), page),
    },
    ...pageBlocks(page),
    quiet(byGroups ? 'Roles are given in the policy: by name, or by a group of the chat platform.' : 'Roles are given in the policy.'),
  ]
  return whisper('Roles', blocks, { actions: moreButton(page, askList('roles')) })
}

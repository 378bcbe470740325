import type { types } from '@slack/bolt'
import type { Action, Badge, Block, Card, Tone } from '../../src/cards/card.ts'
import type { ButtonValue } from '../../src/core/intent.ts'
import { LIMITS } from './limits.ts'
import { type Budget, budgetOf, inline, link, plain, richText, section, take, words } from './rich.ts'

/** What Slack's message methods take. `text` is for notifications and screen readers. */
export interface Message {
  readonly text: string
  readonly blocks: types.KnownBlock[]
}

/** Starts the id of a button that sends its value at once. */
export const ACT = 'act'
/** Starts the id of a button that opens its form first. */
export const FORM = 'form'

/**
 * A card as Block Kit, within every limit. All text is shown as rich text or plain text, in which Slack interprets nothing.
 * What does not fit is cut from the body, never from the title or the buttons, and the card says so.
 */
export function renderCard(card: Card): Message {
  const head = [...badges(card.badges), ...title(card)]
  const buttons = actions(card.actions)
  const body = fitted(card.blocks, LIMITS.messageBlocks - head.length - buttons.length)
  return { text: escaped(plain(card.summary, LIMITS.fallback).text), blocks: [...head, ...body, ...buttons] }
}

/** The message text is the one place where Slack looks for mentions and links: `&`, `<` and `>` are what they are made of. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const MARKS: Record<Tone, string> = { neutral: '⚪', info: '🔵', good: '🟢', warning: '🟠', danger: '🔴' }

function badges(all: readonly Badge[]): types.ContextBlock[] {
  const elements = all.slice(0, LIMITS.contextElements).map((badge) => plain(`${MARKS[badge.tone]} ${badge.text}`, LIMITS.contextText))
  return elements.length === 0 ? [] : [{ type: 'context', elements }]
}

function title(card: Card): types.KnownBlock[] {
  const announcement = card.look === 'announcement'
  return [
    ...(announcement ? [{ type: 'divider' } as const] : []),
    { type: 'header', text: plain(announcement ? `📣 ${card.title}` : card.title, LIMITS.header) },
    ...(card.subtitle === undefined ? [] : [context(card.subtitle)]),
  ]
}

const context = (text: string): types.ContextBlock => ({ type: 'context', elements: [plain(text, LIMITS.contextText)] })

/** As many blocks as there is room for, in places and in characters; one place is for saying how many were left out. */
function fitted(blocks: readonly Block[], room: number): types.KnownBlock[] {
  const shown: types.KnownBlock[] = []
  let characters = LIMITS.messageCharacters
  for (const [index, block] of blocks.entries()) {
    const last = index === blocks.length - 1
    if (characters <= 1 || shown.length >= (last ? room : room - 1)) return [...shown, leftOut(blocks.length - index)]
    const budget = budgetOf(Math.min(LIMITS.sectionCharacters, characters))
    const before = budget.left
    shown.push(renderBlock(block, budget))
    characters -= before - budget.left
  }
  return shown
}

const leftOut = (count: number): types.ContextBlock => context(`… ${count} more ${count === 1 ? 'part does' : 'parts do'} not fit here`)

function renderBlock(block: Block, budget: Budget): types.RichTextBlock {
  switch (block.kind) {
    case 'text':
      return richText(section(inline(block.text, budget, block.quiet === true ? { italic: true } : undefined)))
    case 'heading':
      return richText(section(words(take(budget, block.text), { bold: true })))
    case 'facts':
      return richText(section(facts(block.facts, budget)))
    case 'list':
      return richText({ type: 'rich_text_list', style: 'bullet', elements: items(block.items, budget) })
    case 'table':
      return richText({
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: take(budget, table(block.columns, block.rows)) || '–' }],
      })
    case 'progress':
      return richText(section([...words(take(budget, block.label), { bold: true }), ...words(take(budget, bar(block.done, block.of)))]))
    case 'outcome':
      return richText({
        type: 'rich_text_quote',
        elements: [...words(take(budget, `${MARKS[block.tone]} `)), ...inline(block.text, budget)],
      })
    case 'links':
      return richText(
        section(
          block.links.flatMap((one, index) => [...words(take(budget, index === 0 ? '' : ' · ')), ...link(one.label, one.url, budget)]),
        ),
      )
    default:
      return block satisfies never
  }
}

function facts(all: Extract<Block, { kind: 'facts' }>['facts'], budget: Budget) {
  return all.flatMap((fact, index) => [
    ...words(take(budget, `${index === 0 ? '' : '\n'}${fact.label}: `), { bold: true }),
    ...inline(fact.value, budget),
  ])
}

function items(all: Extract<Block, { kind: 'list' }>['items'], budget: Budget): types.RichTextSection[] {
  const sections = []
  for (const item of all) {
    if (budget.left < 0) break
    const shown = inline(item, budget)
    sections.push(section(shown.length > 0 ? shown : words(take(budget, '–'))))
  }
  return sections.length > 0 ? sections : [section([])]
}

/** Columns in line, in a fixed-width face. A cell wider than 32 is cut: a row that wraps is no row any more. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, ...rows].map((row) => row.map((cell) => plain(cell, 32).text))
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const BAR = 16

function bar(done: number, of: number): string {
  const filled = of > 0 ? Math.min(BAR, Math.max(0, Math.floor((BAR * done) / of))) : 0
  return `  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}  ${done} of ${of}`
}

/** A button whose value would not fit cannot work, so it is not shown; our verbs, ids and digests are far below the limit. */
function actions(all: readonly Action[]): types.ActionsBlock[] {
  const buttons = all.map(button).filter((one) => (one.value?.length ?? 0) <= LIMITS.buttonValue)
  const blocks: types.ActionsBlock[] = []
  for (let at = 0; at < buttons.length && blocks.length < LIMITS.actionsBlocks; at += LIMITS.actionsElements) {
    blocks.push({ type: 'actions', elements: buttons.slice(at, at + LIMITS.actionsElements) })
  }
  return blocks
}

function button(action: Action, index: number): types.Button {
  const value: ButtonValue = { v: 1, verb: action.verb, id: action.id, ...(action.digest === undefined ? {} : { digest: action.digest }) }
  return {
    type: 'button',
    action_id: `${action.form === undefined ? ACT : FORM}:${index}:${action.verb}`.slice(0, LIMITS.actionId),
    text: plain(action.label, LIMITS.buttonText),
    value: JSON.stringify(value),
    ...(action.style === 'default' ? {} : { style: action.style }),
  }
}

import type { Block, Card, Picture, Tone } from '../card.ts'
import { actions } from './buttons.ts'
import type { BlockJson, Context, Header, HomeView, Image, Inline, RichText } from './json.ts'
import { LIMITS } from './limits.ts'
import { list } from './list.ts'
import { type Budget, budgetOf, inline, link, type Mentions, NOBODY, plain, richText, section, take, words } from './rich.ts'
import { lengthOf, shared } from './share.ts'
import { tableOf } from './table.ts'

/** What Slack's message methods take. `text` is for notifications and screen readers. */
export interface Message {
  readonly text: string
  readonly blocks: BlockJson[]
}

export type Standing = 'root' | 'reply' | 'home'

/** Slack's file of a picture; null: its words are shown. */
export type FileOf = (picture: Picture) => string | null

const NO_FILES: FileOf = () => null

/**
 * A card as Block Kit, within every limit. All text is shown as rich text or plain text, in which Slack interprets nothing.
 * What does not fit is cut from the body, never from the title or the buttons, and the card says so. `reply`: it stands in a thread;
 * `home`: it is the bot's own page.
 */
export function renderCard(card: Card, standing: Standing = 'root', mentions: Mentions = NOBODY, fileOf: FileOf = NO_FILES): Message {
  const small = standing === 'reply' || card.look === 'whisper'
  const head = [...badges(card), ...(small ? [smallTitle(card)] : [title(card)]), ...subtitle(card)]
  const buttons = actions(card.actions)
  const room = (standing === 'home' ? LIMITS.viewBlocks : LIMITS.messageBlocks) - head.length - buttons.length
  const body = fitted(card.blocks, room, mentions, fileOf)
  return { text: escaped(plain(card.summary, LIMITS.fallback).text), blocks: [...head, ...body, ...buttons] }
}

/** A card as the page that a person finds under the bot's name. */
export const renderHome = (card: Card): HomeView => ({ type: 'home', blocks: renderCard(card, 'home').blocks })

/** The message text is the one place where Slack looks for mentions and links: `&`, `<` and `>` are what they are made of. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const MARKS: Record<Tone, string> = { neutral: '⚪', info: '🔵', good: '🟢', warning: '🟠', danger: '🔴' }

/** An announcement is set off from whatever else is in the channel. */
function badges({ look, badges: all }: Card): BlockJson[] {
  const elements = all.slice(0, LIMITS.contextElements).map((badge) => plain(`${MARKS[badge.tone]} ${badge.text}`, LIMITS.contextText))
  return [
    ...(look === 'announcement' ? [{ type: 'divider' } as const] : []),
    ...(elements.length === 0 ? [] : [{ type: 'context' as const, elements }]),
  ]
}

const title = (card: Card): Header => ({
  type: 'header',
  text: plain(card.look === 'announcement' ? `📣 ${card.title}` : card.title, LIMITS.header),
})

/** In a thread or a private answer Slack's header would shout. The mark says what badges say elsewhere. */
function smallTitle(card: Card): RichText {
  const mark = card.badges.length === 0 && card.tone !== 'neutral' ? `${MARKS[card.tone]} ` : ''
  return richText(section([...words(mark), ...words(plain(card.title, LIMITS.smallTitle).text, { bold: true })]))
}

const subtitle = (card: Card): Context[] => (card.subtitle === undefined ? [] : [context(card.subtitle)])

const context = (text: string): Context => ({ type: 'context', elements: [plain(text, LIMITS.contextText)] })

/** As many blocks as there is room for, in places and in characters; one place is for saying how many were left out. */
function fitted(blocks: readonly Block[], room: number, mentions: Mentions, fileOf: FileOf): BlockJson[] {
  const shown: BlockJson[] = []
  let characters = LIMITS.messageCharacters
  for (const [index, block] of blocks.entries()) {
    const last = index === blocks.length - 1
    if (characters <= 1 || shown.length >= (last ? room : room - 1)) return [...shown, leftOut(blocks.length - index)]
    const budget = budgetOf(Math.min(LIMITS.sectionCharacters, characters), mentions)
    const before = budget.left
    shown.push(renderBlock(block, budget, fileOf))
    characters -= before - budget.left
  }
  return shown
}

const leftOut = (count: number): Context => context(`… ${count} more ${count === 1 ? 'part does' : 'parts do'} not fit here`)

function renderBlock(block: Block, budget: Budget, fileOf: FileOf): RichText | Image {
  switch (block.kind) {
    case 'text':
      return richText(section(inline(block.text, budget, block.quiet === true ? { italic: true } : undefined)))
    case 'heading':
      return richText(section(words(take(budget, block.text), { bold: true })))
    case 'facts':
      return richText(section(facts(block.facts, budget)))
    case 'list':
      return richText(list(block.items, budget))
    case 'table':
      return richText(tableOf(block, budget))
    case 'picture':
      return picture(block, budget, fileOf(block))
    case 'progress':
      return richText(section([...words(take(budget, block.label), { bold: true }), ...words(take(budget, bar(block.done, block.of)))]))
    case 'outcome':
      return richText({
        type: 'rich_text_quote',
        elements: [...words(take(budget, `${MARKS[block.tone]} `)), ...inline(block.text, budget)],
      })
    case 'links':
      return richText(section(links(block.links, budget)))
    default:
      return block satisfies never
  }
}

function picture({ alt, chart }: Picture, budget: Budget, file: string | null): RichText | Image {
  const said = take(budget, alt)
  if (file === null) return richText(section(words(said, { italic: true })))
  const { text } = plain(said, LIMITS.imageAlt)
  return { type: 'image', slack_file: { id: file }, alt_text: text, title: plain(chart.title, LIMITS.imageTitle) }
}

function facts(all: Extract<Block, { kind: 'facts' }>['facts'], budget: Budget): Inline[] {
  const parts = all.map(({ label, value }, index) => {
    const head = `${index === 0 ? '' : '\n'}${labelled(label)} `
    const draw = (own: Budget): Inline[] => [...words(take(own, head), { bold: true }), ...inline(value, own)]
    return { length: head.length + lengthOf(value), draw }
  })
  return inARow(parts, budget, '\n')
}

function links(all: Extract<Block, { kind: 'links' }>['links'], budget: Budget): Inline[] {
  const parts = all.map(({ label, url }, index) => {
    const between = index === 0 ? '' : BETWEEN
    const draw = (own: Budget): Inline[] => [...words(take(own, between)), ...link(label, url, own)]
    return { length: between.length + label.length, draw }
  })
  return inARow(parts, budget, BETWEEN)
}

const BETWEEN = ' · '

/** What is left out is counted behind the last of them. */
function inARow(parts: Parameters<typeof shared<Inline[]>>[0], budget: Budget, before: string): Inline[] {
  const { drawn, more } = shared(parts, budget)
  return [...drawn.flat(), ...(more.length > 0 ? [...words(before), ...more] : [])]
}

/** A label that asks needs no colon. */
const labelled = (label: string): string => (label.endsWith('?') ? label : `${label}:`)

const BAR = 16

function bar(done: number, of: number): string {
  const filled = of > 0 ? Math.min(BAR, Math.max(0, Math.floor((BAR * done) / of))) : 0
  return `  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}  ${done} of ${of}`
}

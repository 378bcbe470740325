import type { Action, Block, Card, Form, Text } from '../card.ts'
import { shorten } from '../text.ts'

/** How long the texts of a card may be, in code units, and how many badges and options there may be: a platform's own figures. */
export interface Lengths {
  readonly title: number
  readonly label: number
  readonly badge: number
  readonly badges: number
  readonly summary: number
  readonly text: number
  readonly cell: number
  readonly url: number
  readonly intro: number
  readonly options: number
  readonly optionText: number
  readonly typed: number
}

/** The card with every text at a length that is shown. Nothing is left out. */
export function shortened(card: Card, most: Lengths): Card {
  return {
    ...card,
    badges: card.badges.slice(0, most.badges).map((badge) => ({ ...badge, text: shorten(badge.text, most.badge) })),
    title: shorten(card.title, most.title),
    ...(card.subtitle === undefined ? {} : { subtitle: shorten(card.subtitle, most.title) }),
    blocks: card.blocks.flatMap((block) => blocks(block, most)),
    actions: card.actions.map((action) => shortAction(action, most)),
    summary: shorten(card.summary, most.summary),
  }
}

function blocks(block: Block, most: Lengths): Block[] {
  const cell = (words: string): string => shorten(words, most.cell)
  switch (block.kind) {
    case 'text':
    case 'outcome':
      return [{ ...block, text: text(block.text, most.text) }]
    case 'heading':
      return [{ ...block, text: shorten(block.text, most.title) }]
    case 'facts':
      return [
        {
          ...block,
          facts: block.facts.map(({ label, value }) => ({ label: cell(label), value: text(value, most.text) })),
        },
      ]
    case 'list':
      return [{ ...block, items: block.items.map((item) => text(item, most.text)) }]
    case 'table':
      return [{ ...block, columns: block.columns.map(cell), rows: block.rows.map((row) => row.map(cell)) }]
    case 'progress':
      return [{ ...block, label: shorten(block.label, most.title) }]
    case 'picture':
      return [{ ...block, alt: shorten(block.alt, most.text) }]
    case 'links':
      return links(block.links, most)
    // Nothing in any other block is a text that could be too long.
    default:
      return [block]
  }
}

/** The spans up to `max` characters; times and mentions are never cut in two. */
function text(spans: Text, max: number): Text {
  let left: number = max
  const kept = spans.map((span) => {
    if (left <= 0) return ''
    const words = typeof span === 'string' ? span : 'strong' in span ? span.strong : null
    if (words === null) return span
    const cut = shorten(words, left)
    left -= words.length
    return typeof span === 'string' ? cut : { strong: cut }
  })
  return left < 0 ? kept.filter((span) => span !== '') : kept
}

/** A shortened address would be another one: it is shown as words. */
function links(all: Extract<Block, { kind: 'links' }>['links'], most: Lengths): Block[] {
  const label = (words: string): string => shorten(words, most.label)
  const short = all.filter(({ url }) => url.length <= most.url).map((link) => ({ ...link, label: label(link.label) }))
  const long = all.filter(({ url }) => url.length > most.url)
  return [
    ...(short.length > 0 || long.length === 0 ? [{ kind: 'links' as const, links: short }] : []),
    ...long.map((link) => ({ kind: 'text' as const, text: [`${label(link.label)}: ${shorten(link.url, most.cell)}`] })),
  ]
}

const shortAction = (one: Action, most: Lengths): Action => ({
  ...one,
  label: shorten(one.label, most.label),
  ...(one.form === undefined ? {} : { form: shortForm(one.form, most) }),
})

/** A form within the limits. A value that is too long cannot be shortened: it would be another. */
export function shortForm(form: Form, most: Lengths): Form {
  return {
    title: shorten(form.title, most.title),
    ...(form.intro === undefined ? {} : { intro: shorten(form.intro, most.intro) }),
    submit: shorten(form.submit, most.label),
    fields: form.fields.map((field) => {
      const label = shorten(field.label, most.title)
      if (field.kind === 'choice') {
        const options = field.options.slice(0, most.options).map((one) => ({ ...one, label: shorten(one.label, most.optionText) }))
        return { ...field, label, options }
      }
      return {
        ...field,
        label,
        ...(field.hint === undefined ? {} : { hint: shorten(field.hint, most.title) }),
        ...(field.value === undefined ? {} : { value: shorten(field.value, Math.max(1, Math.min(field.maxLength, most.typed))) }),
      }
    }),
  }
}

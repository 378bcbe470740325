import type { Action, Block, Card, Form, Text } from '../../src/cards/card.ts'
import { LIMITS, shorten } from './limits.ts'
import { narrowed } from './wide.ts'

/** The card with every text at a length that Teams shows. Nothing is left out. */
export function shortened(card: Card): Card {
  return {
    ...card,
    badges: card.badges.slice(0, LIMITS.badges).map((badge) => ({ ...badge, text: shorten(badge.text, LIMITS.badge) })),
    title: shorten(card.title, LIMITS.title),
    ...(card.subtitle === undefined ? {} : { subtitle: shorten(card.subtitle, LIMITS.title) }),
    blocks: card.blocks.flatMap(blocks),
    actions: card.actions.map(action),
    summary: shorten(card.summary, LIMITS.summary),
  }
}

function blocks(block: Block): Block[] {
  switch (block.kind) {
    case 'text':
    case 'outcome':
      return [{ ...block, text: text(block.text, LIMITS.text) }]
    case 'heading':
      return [{ ...block, text: shorten(block.text, LIMITS.title) }]
    case 'facts':
      return [
        {
          ...block,
          facts: block.facts.map(({ label, value }) => ({ label: shorten(label, LIMITS.cell), value: text(value, LIMITS.text) })),
        },
      ]
    case 'list':
      return [{ ...block, items: block.items.map((item) => text(item, LIMITS.text)) }]
    case 'table':
      return [narrowed({ ...block, columns: block.columns.map(cell), rows: block.rows.map((row) => row.map(cell)) })]
    case 'progress':
      return [{ ...block, label: shorten(block.label, LIMITS.title) }]
    case 'picture':
      return [{ ...block, alt: shorten(block.alt, LIMITS.text) }]
    case 'links':
      return links(block.links)
    // Nothing in any other block is a text that could be too long.
    default:
      return [block]
  }
}

const cell = (words: string): string => shorten(words, LIMITS.cell)

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
function links(all: Extract<Block, { kind: 'links' }>['links']): Block[] {
  const label = (words: string): string => shorten(words, LIMITS.label)
  const short = all.filter(({ url }) => url.length <= LIMITS.url).map((link) => ({ ...link, label: label(link.label) }))
  const long = all.filter(({ url }) => url.length > LIMITS.url)
  return [
    ...(short.length > 0 || long.length === 0 ? [{ kind: 'links' as const, links: short }] : []),
    ...long.map((link) => ({ kind: 'text' as const, text: [`${label(link.label)}: ${shorten(link.url, LIMITS.cell)}`] })),
  ]
}

const action = (one: Action): Action => ({
  ...one,
  label: shorten(one.label, LIMITS.label),
  ...(one.form === undefined ? {} : { form: shortForm(one.form) }),
})

/** A form within the limits. A value that is too long cannot be shortened: it would be another. */
export function shortForm(form: Form): Form {
  return {
    title: shorten(form.title, LIMITS.title),
    ...(form.intro === undefined ? {} : { intro: shorten(form.intro, LIMITS.intro) }),
    submit: shorten(form.submit, LIMITS.label),
    fields: form.fields.map((field) => {
      const label = shorten(field.label, LIMITS.title)
      if (field.kind === 'choice') {
        const options = field.options.slice(0, LIMITS.options).map((one) => ({ ...one, label: shorten(one.label, LIMITS.optionText) }))
        return { ...field, label, options }
      }
      return {
        ...field,
        label,
        ...(field.hint === undefined ? {} : { hint: shorten(field.hint, LIMITS.title) }),
        ...(field.value === undefined ? {} : { value: shorten(field.value, Math.max(1, Math.min(field.maxLength, LIMITS.typed))) }),
      }
    }),
  }
}

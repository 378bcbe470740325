import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeMarkdown } from '../../src/cards/adaptive/text.ts'
import { fieldOf, toAdaptiveCard } from '../../src/cards/adaptive.ts'
import type { Action, Block, Card, Span, Text } from '../../src/cards/card.ts'
import { plainLine, plainText } from '../../src/cards/text.ts'
import { complaints, objects, readMarkdown, shown } from '../support/adaptive.ts'
import { anyCard, card, HOSTILE } from '../support/cards.ts'

const AT = '2023-03-30T12:05:00.000Z'
const BLOCKS: readonly Block[] = [
  { kind: 'text', text: ['Affects ', { strong: '14 of 61' }, ' hosts'] },
  { kind: 'text', text: ['seen ', { time: AT, style: 'date-time' }], quiet: true },
  { kind: 'heading', text: 'Figures' },
  { kind: 'facts', facts: [{ label: 'When', value: [{ time: AT, style: 'date' }] }] },
  { kind: 'list', items: [['one'], ['two']] },
  { kind: 'table', columns: ['ring', 'failed'], rows: [['pilot', '0'], ['early']] },
  { kind: 'progress', label: 'Rolling out', done: 9, of: 14 },
  { kind: 'outcome', text: ['Approved by Dana at ', { time: AT, style: 'time' }], tone: 'good' },
  { kind: 'links', links: [{ label: 'Notice', url: 'https://example.org/a' }] },
]
const APPROVE: Action = { label: 'Approve', verb: 'approve', id: 'change:12', digest: '9f3a', style: 'primary' }
const REJECT: Action = {
  label: 'Reject...',
  verb: 'reject',
  id: 'change:12',
  style: 'danger',
  form: {
    title: 'Reject the plan',
    submit: 'Reject',
    fields: [
      { kind: 'text', id: 'reason', label: 'Reason', multiline: true, required: true, maxLength: 500, hint: 'Why not?' },
      { kind: 'choice', id: 'class', label: 'Class', required: false, options: [{ value: 'high', label: 'High' }], value: 'high' },
    ],
  },
}

describe('every block is a valid Adaptive Card 1.5', () => {
  test.each(BLOCKS.map((block) => [block.kind, block] as const))('%s', (_kind, block) => {
    expect(complaints(toAdaptiveCard(card({ blocks: [block] })))).toEqual([])
  })

  test.each(['standard', 'announcement', 'whisper'] as const)('a whole card that looks %s', (look) => {
    const whole = card({ look, tone: 'danger', badges: [{ text: 'HIGH', tone: 'danger' }], blocks: BLOCKS, actions: [APPROVE, REJECT] })
    expect(complaints(toAdaptiveCard(whole))).toEqual([])
  })

  test('any card at all', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        expect(complaints(toAdaptiveCard(any))).toEqual([])
      }),
    )
  })
})

describe('foreign text is shown, never obeyed', () => {
  test('text stands there literally, without invisible characters', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const words = shown(toAdaptiveCard(any))
        for (const expected of literals(any)) expect(words).toContain(expected)
      }),
    )
  })

  test.each(HOSTILE)('beside a time: %j', (text) => {
    const beside: Text = [text, ' at ', { time: AT, style: 'time' }]
    const words = shown(toAdaptiveCard(card({ blocks: [{ kind: 'text', text: beside }] })))
    expect(words.slice(1).join(' ')).toBe(`${plainText(text).replace(/\n+/g, ' ').trimStart()} at {{TIME(2023-03-30T12:05:00Z)}}`)
  })

  test('escaping hides no character and leaves nothing live', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(readMarkdown(escapeMarkdown(text))).toBe(text)
      }),
    )
  })

  test('no element can load, mention or open anything, except https buttons of links', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const all = objects(toAdaptiveCard(any))
        expect(all.filter((one) => 'selectAction' in one || 'backgroundImage' in one || 'msteams' in one || one.type === 'Image')).toEqual(
          [],
        )
        for (const open of all.filter((one) => one.type === 'Action.OpenUrl')) expect(String(open.url)).toMatch(/^https:/i)
      }),
    )
  })

  test.each([
    'javascript:alert(1)',
    'http://example.org',
    'https://user:secret@example.org',
    'data:text/html,x',
    'example.org',
  ])('the link %s is words, not a button', (url) => {
    const json = toAdaptiveCard(card({ blocks: [{ kind: 'links', links: [{ label: 'Notice', url }] }] }))
    expect(objects(json).some((one) => one.type === 'Action.OpenUrl')).toBe(false)
    expect(shown(json)).toContain(`Notice: ${url}`)
  })

  test('a macro in foreign text is not a time: its braces stand apart', () => {
    const json = toAdaptiveCard(card({ title: `{{DATE(${AT.slice(0, 19)}Z, SHORT)}}` }))
    for (const run of objects(json).filter((one) => one.type === 'TextRun')) expect(run.text).not.toContain('{{')
  })
})

test.each([
  ['date', '{{DATE(2023-03-30T12:05:00Z, SHORT)}}'],
  ['time', '{{TIME(2023-03-30T12:05:00Z)}}'],
  ['date-time', '{{DATE(2023-03-30T12:05:00Z, SHORT)}} {{TIME(2023-03-30T12:05:00Z)}}'],
] as const)('a time of style %s is a macro without milliseconds in a TextBlock', (style, expected) => {
  const json = toAdaptiveCard(card({ blocks: [{ kind: 'text', text: [{ time: AT, style }] }] }))
  expect(json.body.at(-1)).toEqual({ type: 'TextBlock', wrap: true, text: expected })
})

describe('buttons', () => {
  test('a plain button carries its value and takes no inputs along', () => {
    expect(toAdaptiveCard(card({ actions: [APPROVE] })).actions).toEqual([
      {
        type: 'Action.Execute',
        title: 'Approve',
        verb: 'approve',
        data: { v: 1, verb: 'approve', id: 'change:12', digest: '9f3a' },
        style: 'positive',
        associatedInputs: 'none',
      },
    ])
  })

  test('a button with a form unfolds it; its submit carries the same value plus the inputs', () => {
    const [show] = toAdaptiveCard(card({ actions: [REJECT] })).actions ?? []
    expect(show).toMatchObject({
      type: 'Action.ShowCard',
      title: 'Reject...',
      style: 'destructive',
      card: {
        body: [
          { type: 'RichTextBlock' },
          {
            type: 'Input.Text',
            id: 'reason~0',
            label: 'Reason',
            isRequired: true,
            errorMessage: 'Please fill this in.',
            placeholder: 'Why not?',
          },
          { type: 'Input.ChoiceSet', id: 'class~0', label: 'Class', value: 'high', choices: [{ title: 'High', value: 'high' }] },
        ],
        actions: [{ type: 'Action.Execute', title: 'Reject', data: { v: 1, verb: 'reject', id: 'change:12' } }],
      },
    })
    expect(objects(show).filter((one) => 'associatedInputs' in one)).toEqual([])
  })

  test('two forms of one card may ask for the same field', () => {
    const json = toAdaptiveCard(card({ actions: [REJECT, REJECT] }))
    expect(complaints(json)).toEqual([])
    expect(
      objects(json)
        .filter((one) => one.type === 'Input.Text')
        .map((one) => fieldOf(String(one.id))),
    ).toEqual(['reason', 'reason'])
  })

  test('more than five stand in rows, in their order, and none is lost', () => {
    const actions = Array.from({ length: 7 }, (_, index): Action => ({ ...APPROVE, label: `Button ${index}` }))
    const json = toAdaptiveCard(card({ actions }))
    expect(json.actions).toBeUndefined()
    expect(
      objects(json)
        .filter((one) => one.type === 'Action.Execute')
        .map((one) => one.title),
    ).toEqual(actions.map((one) => one.label))
  })
})

test.each([
  [9, 14, '██████████░░░░░░  9 of 14'],
  [0, 0, '░░░░░░░░░░░░░░░░  0 of 0'],
  [14, 14, '████████████████  14 of 14'],
  [15, 14, '████████████████  15 of 14'],
])('progress %i of %i', (done, of, expected) => {
  expect(shown(toAdaptiveCard(card({ blocks: [{ kind: 'progress', label: 'Ring 2', done, of }] })))).toEqual(['Title', 'Ring 2', expected])
})

test('a table keeps its columns when a row is short, and its numbers stand right', () => {
  const json = toAdaptiveCard(card({ blocks: [{ kind: 'table', columns: ['ring', 'failed'], rows: [['pilot', '0'], ['early']] }] }))
  const [table] = objects(json).filter((one) => one.type === 'Table')
  expect(table?.columns).toMatchObject([{ horizontalCellContentAlignment: 'left' }, { horizontalCellContentAlignment: 'left' }])
  expect(
    objects(table)
      .filter((one) => one.type === 'TableRow')
      .map((row) => (row.cells as unknown[]).length),
  ).toEqual([2, 2, 2])
  const full = toAdaptiveCard(
    card({
      blocks: [
        {
          kind: 'table',
          columns: ['ring', 'failed'],
          rows: [
            ['pilot', '0'],
            ['early', '-'],
          ],
        },
      ],
    }),
  )
  expect(objects(full).find((one) => one.type === 'Table')?.columns).toMatchObject([{}, { horizontalCellContentAlignment: 'right' }])
})

test('an announcement looks like nothing else, and says whom it comes from', () => {
  const [first] = toAdaptiveCard(card({ look: 'announcement' })).body
  expect(first).toMatchObject({ type: 'Container', style: 'accent', bleed: true })
  expect(shown(first)).toEqual(['FROM YOUR IT TEAM', 'Title'])
})

test('the tone colours the head, or the whole of a card without one', () => {
  const blocks: readonly Block[] = [{ kind: 'text', text: ['web-07 failed'] }]
  expect(toAdaptiveCard(card({ tone: 'danger', blocks })).body).toMatchObject([
    { style: 'attention', bleed: true },
    { type: 'RichTextBlock' },
  ])
  const [whole, ...rest] = toAdaptiveCard(card({ tone: 'danger', title: '', blocks })).body
  expect([whole, rest]).toMatchObject([{ style: 'attention', items: [{ type: 'RichTextBlock' }] }, []])
})

test('screen readers and hosts that cannot draw it get the summary', () => {
  expect(toAdaptiveCard(card({ summary: 'openssl\nneeds you' }))).toMatchObject({
    fallbackText: 'openssl needs you',
    speak: 'openssl needs you',
  })
})

/** Foreign words that must be found, one text element each. */
function literals(any: Card): string[] {
  const lines = [any.title, any.subtitle ?? '', ...any.badges.map((badge) => badge.text)].map(plainLine)
  return [...lines, ...any.blocks.flatMap(blockLiterals)].filter((line) => line !== '')
}

function blockLiterals(block: Block): string[] {
  switch (block.kind) {
    case 'text':
    case 'outcome':
      return textLines(block.text)
    case 'heading':
    case 'progress':
      return [plainLine(block.kind === 'heading' ? block.text : block.label)]
    case 'facts':
      return block.facts.flatMap((fact) => [plainLine(fact.label), ...textLines(fact.value)])
    case 'list':
      return block.items.flatMap((item) => textLines(['• ', ...item]))
    case 'table':
      return [...block.columns, ...block.rows.flat()].map(plainLine)
    case 'picture':
      return [plainLine(block.alt)]
    case 'links':
      return []
  }
}

const wordsOfSpan = (span: Exclude<Text[number], { time: string }>): string =>
  typeof span === 'string' ? span : 'strong' in span ? span.strong : span.name

/** Lines as they should be read; where a time stands in the line, leading spaces may go and the time is its macro. */
function textLines(text: Text): string[] {
  const joined = text.map((span) => (isTime(span) ? `\u0001${macroOf(span)}` : plainText(wordsOfSpan(span)))).join('')
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => (line.includes('\u0001') ? line.replaceAll('\u0001', '').trimStart() : line))
}

type Time = Extract<Span, { readonly time: string }>
const isTime = (span: Span): span is Time => typeof span === 'object' && 'time' in span

function macroOf({ time, style }: Time): string {
  const iso = `${time.slice(0, 19)}Z`
  const date = `{{DATE(${iso}, SHORT)}}`
  return style === 'date' ? date : style === 'time' ? `{{TIME(${iso})}}` : `${date} {{TIME(${iso})}}`
}

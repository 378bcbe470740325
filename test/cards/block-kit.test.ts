import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderCard, renderHome } from '../../src/cards/block-kit/card.ts'
import { renderForm } from '../../src/cards/block-kit/modal.ts'
import { inputsOf } from '../../src/cards/block-kit/sent.ts'
import type { Action, Block, Card, Form } from '../../src/cards/card.ts'
import { plainLine, shorten } from '../../src/cards/text.ts'
import { complaints, rung, textOf } from '../support/block-kit.ts'
import { anyCard, card, HOSTILE } from '../support/cards.ts'

const STANDING = fc.constantFrom('root' as const, 'reply' as const)
const ALL_HOSTILE = [
  ...HOSTILE,
  '<!subteam^S123>',
  '<!here>',
  '<#C123|general>',
  '<!date^0^{date}^https://evil.example|x>',
  ':warning:',
  '```x```',
]
const hostileText = fc.array(fc.constantFrom(...ALL_HOSTILE), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '))
const memory = { button: { v: 1, verb: 'reject', id: 'change:12', digest: '9f3a' }, channel: 'C1' } as const
const blockOf = (block: Block) => renderCard(card({ blocks: [block] })).blocks.at(-1)
const action = (parts: Partial<Action> = {}): Action => ({ label: 'Approve', verb: 'approve', id: 'change:12', style: 'default', ...parts })

describe('each part of a card', () => {
  const table: [string, Block, object][] = [
    [
      'text with a strong word and a time in the reader’s zone',
      { kind: 'text', text: ['Start by ', { strong: 'Thursday' }, ' ', { time: '2023-03-30T12:05:00.000Z', style: 'date-time' }] },
      section(
        { type: 'text', text: 'Start by ' },
        { type: 'text', text: 'Thursday', style: { bold: true } },
        { type: 'text', text: ' ' },
        { type: 'date', timestamp: 1680177900, format: '{date_short} {time}', fallback: '2023-03-30 12:05 UTC' },
      ),
    ],
    ['quiet text', { kind: 'text', text: ['aside'], quiet: true }, section({ type: 'text', text: 'aside', style: { italic: true } })],
    ['a heading', { kind: 'heading', text: 'Tested' }, section({ type: 'text', text: 'Tested', style: { bold: true } })],
    [
      'facts, one a line',
      {
        kind: 'facts',
        facts: [
          { label: 'CVE', value: ['CVE-2023-0286'] },
          { label: 'Hosts', value: [{ strong: '14' }] },
          { label: 'Real?', value: ['Yes'] },
        ],
      },
      section(
        { type: 'text', text: 'CVE: ', style: { bold: true } },
        { type: 'text', text: 'CVE-2023-0286' },
        { type: 'text', text: '\nHosts: ', style: { bold: true } },
        { type: 'text', text: '14', style: { bold: true } },
        { type: 'text', text: '\nReal? ', style: { bold: true } },
        { type: 'text', text: 'Yes' },
      ),
    ],
    [
      'a list',
      { kind: 'list', items: [['one'], ['two']] },
      rich({
        type: 'rich_text_list',
        style: 'bullet',
        elements: [bare({ type: 'text', text: 'one' }), bare({ type: 'text', text: 'two' })],
      }),
    ],
    [
      'a table with its columns in line',
      {
        kind: 'table',
        columns: ['ring', 'hosts'],
        rows: [
          ['pilot', '2'],
          ['rest', '12'],
        ],
      },
      rich({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'ring   hosts\npilot  2\nrest   12' }] }),
    ],
    [
      'a table that would wrap as a list: values named by their columns, empty ones left out, a row without a name under the one before',
      {
        kind: 'table',
        columns: ['Host', 'Installed', 'Fixed in', 'Notes', ''],
        rows: [
          ['api-01', 'openssl 1:1.1.1k-7.el8_6', 'openssl 1:1.1.1k-9.el8_6', '–', 'done'],
          ['', 'openssl-libs 1:1.1.1k-7.el8_6', 'openssl-libs 1:1.1.1k-9.el8_6', 'remote', ''],
        ],
      },
      rich({
        type: 'rich_text_list',
        style: 'bullet',
        elements: [
          bare(
            { type: 'text', text: 'api-01', style: { bold: true } },
            { type: 'text', text: ': Installed openssl 1:1.1.1k-7.el8_6\u00A0· Fixed in openssl 1:1.1.1k-9.el8_6\u00A0· done' },
          ),
          bare({
            type: 'text',
            text: '↳ Installed openssl-libs 1:1.1.1k-7.el8_6\u00A0· Fixed in openssl-libs 1:1.1.1k-9.el8_6\u00A0· Notes remote',
          }),
        ],
      }),
    ],
    [
      'progress',
      { kind: 'progress', label: 'early', done: 9, of: 14 },
      section({ type: 'text', text: 'early', style: { bold: true } }, { type: 'text', text: '  ██████████░░░░░░  9 of 14' }),
    ],
    [
      'an outcome',
      { kind: 'outcome', text: ['Approved by Dana'], tone: 'good' },
      rich({
        type: 'rich_text_quote',
        elements: [
          { type: 'text', text: '🟢 ' },
          { type: 'text', text: 'Approved by Dana' },
        ],
      }),
    ],
    [
      'links to web pages; anything else stays words',
      {
        kind: 'links',
        links: [
          { label: 'Advisory', url: 'https://a.example/1' },
          { label: 'Run', url: 'javascript:alert(1)' },
        ],
      },
      section({ type: 'link', url: 'https://a.example/1', text: 'Advisory' }, { type: 'text', text: ' · ' }, { type: 'text', text: 'Run' }),
    ],
  ]
  test.each(table)('%s', (_, block, expected) => expect(blockOf(block)).toEqual(expected))

  test('a button carries its value; one with a form says so in its id', () => {
    const form: Form = { title: 'Reject', submit: 'Reject', fields: [] }
    const rendered = renderCard(
      card({ actions: [action({ style: 'primary', digest: '9f3a' }), action({ label: 'Reject…', verb: 'reject', form })] }),
    )
    expect(rendered.blocks.at(-1)).toEqual({
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'act:0:approve',
          text: { type: 'plain_text', text: 'Approve', emoji: false },
          value: '{"v":1,"verb":"approve","id":"change:12","digest":"9f3a"}',
          style: 'primary',
        },
        {
          type: 'button',
          action_id: 'form:1:reject',
          text: { type: 'plain_text', text: 'Reject…', emoji: false },
          value: '{"v":1,"verb":"reject","id":"change:12"}',
        },
      ],
    })
  })

  test('an announcement looks like nothing else', () => {
    const shown = renderCard(
      card({ look: 'announcement', title: 'Security update', subtitle: 'change 1', badges: [{ text: 'REHEARSAL', tone: 'info' }] }),
    )
    expect(shown.blocks).toMatchObject([
      { type: 'divider' },
      { type: 'context', elements: [{ text: '🔵 REHEARSAL' }] },
      { type: 'header', text: { text: '📣 Security update' } },
      { type: 'context', elements: [{ text: 'change 1' }] },
    ])
  })

  test.each<[string, Card, 'root' | 'reply', string]>([
    ['a reply in a thread', card({ title: 'HALTED', tone: 'danger' }), 'reply', '🔴 HALTED'],
    ['a private answer', card({ look: 'whisper', title: 'Not done', tone: 'warning' }), 'root', '🟠 Not done'],
    ['a reply without a tone', card({ title: 'Excluded: db-02', tone: 'neutral' }), 'reply', 'Excluded: db-02'],
    [
      'a reply whose badges say it',
      card({ title: 'Failed', tone: 'danger', badges: [{ text: 'FAILED', tone: 'danger' }] }),
      'reply',
      'Failed',
    ],
  ])('%s has a bold line instead of a header', (_, one, standing, line) => {
    const { blocks } = renderCard(one, standing)
    expect(blocks.map((block) => block.type)).not.toContain('header')
    expect(textOf(blocks.at(-1))).toBe(line)
    expect(JSON.stringify(blocks.at(-1))).toContain('"bold":true')
  })
})

describe('foreign text', () => {
  test.each(ALL_HOSTILE)('%j does nothing wherever it stands', (text) => {
    const hostile = renderCard(
      card({
        title: text,
        subtitle: text,
        summary: text,
        badges: [{ text, tone: 'info' }],
        actions: [action({ label: text })],
        blocks: everywhere(text),
      }),
    )
    expect(complaints(hostile, 50)).toEqual([])
    expect(hostile.text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
  })

  test('of any kind: no card holds anything that Slack interprets', () => {
    fc.assert(
      fc.property(anyCard, STANDING, fc.boolean(), (one, standing, drawn) => {
        const rendered = renderCard(
          one,
          standing,
          () => null,
          () => (drawn ? 'F012345678' : null),
        )
        const forms = one.actions.flatMap(({ form }) => (form === undefined ? [] : [renderForm(form, memory)]))
        expect(complaints(rendered, 50)).toEqual([])
        expect(complaints(renderHome(one), 100)).toEqual([])
        expect(forms.flatMap((view) => complaints(view, 100))).toEqual([])
        expect(rung([rendered, forms])).toEqual([])
        expect(rendered.text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
        // What a choice sends back is never shown, and must come back unchanged.
        expect(JSON.stringify([rendered, forms], (key, value) => (key === 'value' ? '' : value))).not.toMatch(
          /[\u202A-\u202E\u2066-\u2069\u200B-\u200F\uFEFF]/,
        )
      }),
      { numRuns: 500 },
    )
  })

  test('in the name of somebody mentioned does nothing either; what rings is what was resolved', () => {
    const mention = fc.record({ mention: fc.constantFrom('person' as const, 'role' as const), id: hostileText, name: hostileText })
    fc.assert(
      fc.property(fc.array(mention, { maxLength: 5 }), fc.boolean(), (text, known) => {
        const rendered = renderCard(card({ blocks: [{ kind: 'list', items: [text] }] }), 'root', () => (known ? 'U1' : null))
        expect(complaints(rendered, 50)).toEqual([])
        expect(rung(rendered)).toEqual(known ? text.map(() => 'U1') : [])
      }),
      { numRuns: 200 },
    )
  })

  test('is still there to read', () => {
    expect(textOf(blockOf({ kind: 'text', text: ['<!channel> *now* `rm`'] }))).toBe('<!channel> *now* `rm`')
    expect(renderCard(card({ summary: 'a < b & <!here>' })).text).toBe('a &lt; b &amp; &lt;!here&gt;')
  })
})

describe('limits', () => {
  const long = fc.integer({ min: 0, max: 5000 }).map((length) =>
    'w😀 '
      .repeat(Math.ceil(length / 4))
      .slice(0, length)
      .toWellFormed(),
  )
  const bigBlock: fc.Arbitrary<Block> = fc.oneof(
    long.map((text) => ({ kind: 'text', text: [text, { strong: text }, { time: '2023-03-30T12:05:00.000Z', style: 'date' }] }) as const),
    fc.array(long, { maxLength: 40 }).map((texts) => ({ kind: 'list', items: texts.map((text) => [text]) }) as const),
    fc
      .array(long, { maxLength: 40 })
      .map((texts) => ({ kind: 'facts', facts: texts.map((text) => ({ label: text, value: [text] })) }) as const),
    fc
      .array(long, { maxLength: 200 })
      .map((texts) => ({ kind: 'table', columns: ['a', 'b'], rows: texts.map((text) => [text, text]) }) as const),
  )
  const bigCard: fc.Arbitrary<Card> = fc.record({
    look: fc.constantFrom('standard', 'announcement'),
    tone: fc.constant('neutral'),
    badges: fc.array(fc.record({ text: long, tone: fc.constant('danger') }), { maxLength: 15 }),
    title: long,
    subtitle: long,
    blocks: fc.array(bigBlock, { maxLength: 70 }),
    actions: fc.array(
      long.map((label) => action({ label })),
      { maxLength: 60 },
    ),
    summary: long,
  })

  test('no card is refused, however big, and its buttons stay', () => {
    fc.assert(
      fc.property(bigCard, STANDING, (big, standing) => {
        const rendered = renderCard(big, standing)
        expect(complaints(rendered, 50)).toEqual([])
        expect(complaints(renderHome(big), 100)).toEqual([])
        expect(textOf(rendered.blocks.filter((block) => block.type === 'rich_text')).length).toBeLessThanOrEqual(12_500)
        expect(rendered.text.length).toBeLessThan(4000)
        const buttons = rendered.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
        expect(buttons).toHaveLength(big.actions.length)
      }),
      { numRuns: 150 },
    )
  })

  test('what was left out is said', () => {
    const blocks: Block[] = Array.from({ length: 60 }, (_, index) => ({ kind: 'text', text: [`part ${index}`] }))
    const shown = renderCard(card({ blocks })).blocks
    expect(shown).toHaveLength(50)
    expect(textOf(shown.at(-1))).toBe('… 12 more parts do not fit here')
  })

  test('exactly as many as fit are shown whole', () => {
    const blocks: Block[] = Array.from({ length: 49 }, (_, index) => ({ kind: 'text', text: [`part ${index}`] }))
    expect(textOf(renderCard(card({ blocks })).blocks.at(-1))).toBe('part 48')
  })

  test.each([
    ['in line', '1:1.1.1k-9'],
    ['as a list', 'openssl 1:1.1.1k-9.el8_6 instead of 1:1.1.1k-7.el8_6, which was there before'],
  ])('rows of a table that do not fit are counted: %s', (_, cell) => {
    const rows = Array.from({ length: 500 }, (_row, index) => [`host-${index}`, cell])
    const text = textOf(blockOf({ kind: 'table', columns: ['Host', 'Needs'], rows }))
    const [, left = ''] = /… (\d+) more$/.exec(text) ?? []
    expect(text.length).toBeLessThanOrEqual(3000)
    expect(text.match(/host-\d+/g)).toHaveLength(500 - Number(left))
  })

  test('items of a list that do not fit are counted', () => {
    const items = Array.from({ length: 500 }, (_item, index) => [{ strong: `host-${index}` }, ' needs openssl'])
    const text = textOf(blockOf({ kind: 'list', items }))
    const [, left = ''] = /… (\d+) more$/.exec(text) ?? []
    expect(text.length).toBeLessThanOrEqual(3000)
    expect(text.match(/host-\d+/g)).toHaveLength(500 - Number(left))
  })

  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['a😀bc', 3, 'a…'],
    ['abc', 1, '…'],
  ])('%j in %i characters is %j', (text, max, expected) => expect(shorten(text, max)).toBe(expected))

  test('any form fits a modal', () => {
    const field = fc.oneof(
      fc.record({
        kind: fc.constant('text' as const),
        id: fc.uuid(),
        label: long,
        multiline: fc.boolean(),
        required: fc.boolean(),
        value: long,
        hint: long,
        maxLength: fc.integer({ min: 0, max: 9000 }),
      }),
      fc.record({
        kind: fc.constant('choice' as const),
        id: fc.uuid(),
        label: long,
        required: fc.boolean(),
        options: fc.array(fc.record({ value: long, label: long }), { maxLength: 130 }),
      }),
    )
    const form: fc.Arbitrary<Form> = fc.record({ title: long, intro: long, submit: long, fields: fc.array(field, { maxLength: 12 }) })
    fc.assert(
      fc.property(form, (one) => {
        expect(complaints(renderForm(one, memory), 100)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  test('the check itself sees what Slack would refuse or interpret', () => {
    const bad = {
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: '<!channel>' } },
        { type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151), emoji: false } },
        { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [] }] },
        { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'broadcast', range: 'here' }] }] },
        {
          type: 'actions',
          elements: ['a', 'a'].map((id) => ({ type: 'button', action_id: id, text: { type: 'plain_text', text: '', emoji: true } })),
        },
      ],
    }
    expect(complaints(bad, 4)).toEqual(
      expect.arrayContaining([
        '5 blocks',
        'section at payload.blocks',
        'mrkdwn at payload.blocks.section.text',
        '151 characters at payload.blocks.header.text.plain_text.text',
        '0 elements in rich_text_section',
        expect.stringMatching(/^broadcast at/),
        expect.stringMatching(/^emoji at/),
        expect.stringMatching(/^empty text at/),
        'action_id twice: a a',
      ]),
    )
  })
})

describe('a form', () => {
  const form: Form = {
    title: 'Ask for a delay of the update',
    intro: 'The clock is *not* reset.',
    submit: 'Ask',
    fields: [
      { kind: 'text', id: 'reason', label: 'Why?', multiline: true, required: true, maxLength: 500, hint: 'One sentence.', value: 'Demo' },
      {
        kind: 'choice',
        id: 'until',
        label: 'Until',
        required: false,
        options: [{ value: '2023-04-01', label: 'Saturday' }],
        value: '2023-04-01',
      },
    ],
  }

  test('is a modal whose blocks are named by the fields', () => {
    const saturday = { text: { type: 'plain_text', text: 'Saturday', emoji: false }, value: '2023-04-01' }
    expect(renderForm(form, memory)).toMatchObject({
      type: 'modal',
      title: { text: 'Ask for a delay of the …' },
      submit: { text: 'Ask' },
      private_metadata: JSON.stringify(memory),
      blocks: [
        section({ type: 'text', text: 'The clock is *not* reset.' }),
        {
          type: 'input',
          block_id: 'reason',
          optional: false,
          element: { type: 'plain_text_input', multiline: true, max_length: 500, initial_value: 'Demo' },
          hint: { text: 'One sentence.' },
        },
        {
          type: 'input',
          block_id: 'until',
          optional: true,
          element: { type: 'static_select', options: [saturday], initial_option: saturday },
        },
      ],
    })
  })

  test('comes back as inputs by field; what is empty is absent', () => {
    const state = {
      reason: { input: { value: 'Demo' } },
      until: { input: { selected_option: { value: '2023-04-01' } } },
      note: { input: { value: null } },
    }
    expect(inputsOf({ state: { values: state } })).toEqual({ reason: 'Demo', until: '2023-04-01' })
  })
})

test('a title of nothing but hidden characters does not break the card', () => {
  const title = '\u200B\u202E'
  expect(plainLine(title)).toBe('')
  expect(renderCard(card({ title })).blocks[0]).toMatchObject({ text: { text: '–' } })
})

function everywhere(text: string): Block[] {
  return [
    { kind: 'text', text: [text, { strong: text }] },
    { kind: 'heading', text },
    { kind: 'facts', facts: [{ label: text, value: [text] }] },
    { kind: 'list', items: [[text]] },
    { kind: 'table', columns: [text], rows: [[text]] },
    { kind: 'progress', label: text, done: 1, of: 2 },
    { kind: 'outcome', text: [text], tone: 'danger' },
    { kind: 'links', links: [{ label: text, url: text }] },
  ]
}

function rich(...elements: object[]) {
  return { type: 'rich_text', elements }
}

function bare(...elements: object[]) {
  return { type: 'rich_text_section', elements }
}

function section(...elements: object[]) {
  return rich(bare(...elements))
}

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPressed } from '../../adapters/teams/press.ts'
import { messageOf, renderCard } from '../../adapters/teams/render.ts'
import { type Audience, NOBODY } from '../../src/cards/adaptive/teams/audience.ts'
import { formIn } from '../../src/cards/adaptive/teams/dialog.ts'
import { bytesOf, LIMITS } from '../../src/cards/adaptive/teams/limits.ts'
import { toAdaptiveCard } from '../../src/cards/adaptive.ts'
import type { Action, Block, Card } from '../../src/cards/card.ts'
import { plainLine, shorten } from '../../src/cards/text.ts'
import { dataFolder } from '../conformance/suite.ts'
import { complaints, objects, shown } from '../support/adaptive.ts'
import { anyCard as anyPictures, card, HOSTILE } from '../support/cards.ts'

const VIEWERS: Audience = { ...NOBODY, viewers: Array.from({ length: 80 }, (_, i) => `29:${i}`) }

/** Any card, with each of its parts made as long as a vendor might make it. */
/** Every picture is of one chart: thousands of different ones would take minutes to draw. Which charts can be drawn is tested with them. */
const CHART = { title: 'Hosts', of: 2, points: [{ at: '2023-03-30T12:05:00.000Z', count: 1 }], marks: [] }
const anyCard: fc.Arbitrary<Card> = anyPictures.map((one) => ({
  ...one,
  blocks: one.blocks.map((block) => (block.kind === 'picture' ? { ...block, chart: CHART } : block)),
}))

const hugeCard: fc.Arbitrary<Card> = fc
  .record({ any: anyCard, times: fc.integer({ min: 20, max: 80 }), parts: fc.integer({ min: 1, max: 12 }) })
  .map(({ any, times, parts }) => ({
    ...any,
    title: any.title.repeat(times),
    blocks: Array.from({ length: parts }, () => any.blocks.map((block) => longer(block, times))).flat(),
    actions: any.actions.map((action) => ({ ...action, label: action.label.repeat(times) })),
  }))

function longer(block: Block, times: number): Block {
  switch (block.kind) {
    case 'list':
      return { ...block, items: Array.from({ length: times }, () => block.items).flat() }
    case 'table':
      return { ...block, rows: Array.from({ length: times }, () => block.rows).flat() }
    case 'heading':
      return { ...block, text: block.text.repeat(times) }
    case 'text':
      return { ...block, text: Array.from({ length: times }, () => block.text).flat() }
    default:
      return block
  }
}

/** Everything that a message with the card must be for Teams to take it. */
function expectTaken(one: Card, viewers: Audience = NOBODY): void {
  const message = messageOf(one, viewers)
  expect(bytesOf(message)).toBeLessThanOrEqual(LIMITS.messageBytes)
  const json = renderCard(one, viewers)
  expect(complaints(json as never)).toEqual([])
  const sets = objects(json).flatMap(({ actions }) => (Array.isArray(actions) ? [actions] : []))
  for (const actions of sets) expect(actions.length).toBeLessThanOrEqual(6)
  const { refresh } = json as { refresh?: { userIds: readonly string[] } }
  expect(refresh?.userIds.length ?? 0).toBeLessThanOrEqual(LIMITS.refreshUsers)
}

describe('any card', () => {
  test('is taken by Teams: size, Microsoft’s parser, rows of buttons, viewers', () => {
    fc.assert(
      fc.property(anyCard, (one) => expectTaken(one, VIEWERS)),
      { numRuns: 150 },
    )
  })

  test('of any length, too; title and buttons are never lost, and what is left out is said', () => {
    fc.assert(
      fc.property(hugeCard, (one) => {
        expectTaken(one, VIEWERS)
        const json = renderCard(one)
        const labels = objects(json).flatMap(({ type, title }) => (/^Action\.(Execute|ShowCard|Submit)$/.test(String(type)) ? [title] : []))
        for (const { label, verb } of one.actions) expect(labels).toContain(plainLine(shorten(label, LIMITS.label)) || verb)
        const title = plainLine(shorten(one.title, LIMITS.title))
        if (title !== '') expect(shown(json)).toContain(title)
      }),
      { numRuns: 40 },
    )
  })

  test('that fits says in Teams what it says on the page', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        // Pictures take so much room that forms may open as dialogs instead.
        const one = { ...any, blocks: any.blocks.filter(({ kind }) => kind !== 'picture') }
        // Where a table is a list, a column that is empty is not named.
        const cells = (row: readonly string[]) => row.map((cell) => (/^[-–]$/.test(plainLine(cell)) ? '' : cell))
        const blocks = one.blocks.map((block) => (block.kind === 'table' ? { ...block, columns: [], rows: block.rows.map(cells) } : block))
        const words = shown(renderCard(one)).join(' ')
        for (const line of shown(toAdaptiveCard({ ...one, blocks }))) expect(words).toContain(line)
      }),
      { numRuns: 150 },
    )
  })

  test('holds no mention, markup or link of foreign text', () => {
    fc.assert(
      fc.property(anyCard, (one) => {
        const json = renderCard(one)
        // `shown` throws on live markup; runs know none.
        for (const line of shown(json)) expect(line).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/)
        expect(json).not.toHaveProperty('msteams.entities')
        for (const { type, url } of objects(json)) if (type === 'Action.OpenUrl') expect(String(url)).toMatch(/^https:/)
        expect(messageOf(one)).not.toHaveProperty('text')
      }),
      { numRuns: 150 },
    )
  })
})

test.each(HOSTILE)('the hostile %j is only words, in every part and in the summary', (text) => {
  const one = card({
    title: text,
    subtitle: text,
    summary: text,
    blocks: [{ kind: 'text', text: [text, { time: '2023-03-30T12:05:00.000Z', style: 'time' }] }],
  })
  expectTaken(one)
  for (const line of shown(renderCard(one)))
    expect(line.replaceAll('{{TIME(2023-03-30T12:05:00Z)}}', '')).not.toMatch(/\{\{(DATE|TIME)\(.*\)\}\}.*\{\{/)
  expect(messageOf(one).summary).toBe(plainLine(text))
})

describe('a card that is too large', () => {
  const FORM = {
    title: 'Reject',
    submit: 'Reject',
    fields: [{ kind: 'text' as const, id: 'reason', label: 'Reason', multiline: true, required: true, maxLength: 500 }],
  }
  const reject: Action = { label: 'Reject', verb: 'reject', id: 'change:1', digest: 'aa', style: 'danger', form: FORM }
  const rows = (count: number): Block => ({
    kind: 'table',
    columns: ['Host', 'State'],
    rows: Array.from({ length: count }, (_, i) => [`host-${i}`, 'verified']),
  })
  const ring: Block = {
    kind: 'table',
    columns: ['Ring', 'arrived', 'attempted', 'installed', 'verified', 'failed', ''],
    rows: [
      ['Pilot 2', '2', '2', '2', '1', '-', 'running'],
      ['', ''],
    ],
  }

  test('first opens its forms as dialogs, and loses nothing', () => {
    const wide = { ...reject, form: { ...FORM, intro: 'x'.repeat(900) } }
    const json = renderCard(card({ blocks: [{ kind: 'text', text: ['y'.repeat(1900)] }], actions: Array.from({ length: 12 }, () => wide) }))
    const actions = objects(json).filter(({ type }) => type === 'Action.Submit')
    expect(actions).toHaveLength(12)
    expect(actions[0]).toMatchObject({
      title: 'Reject',
      data: { v: 1, verb: 'reject', id: 'change:1', digest: 'aa', msteams: { type: 'task/fetch' } },
    })
    expect(shown(json).join()).toContain('y'.repeat(1900))
    expect(readPressed(actions[0]?.data)).toEqual({ button: { v: 1, verb: 'reject', id: 'change:1', digest: 'aa' }, inputs: {} })
  })

  test('then cuts long tables and says how many rows are missing', () => {
    const words = shown(renderCard(card({ blocks: [rows(300)] })))
    expect(words).toContain('host-0')
    expect(words.at(-1)).toMatch(/^2[68]0 more are not shown here\.$/)
  })

  test('then leaves out what is needed least and says how much', () => {
    const text = (i: number): Block => ({ kind: 'text', text: [`${i} ${'z'.repeat(1900)}`], quiet: i % 2 === 0 })
    const words = shown(
      renderCard(
        card({
          title: 'Kept',
          blocks: [...Array.from({ length: 20 }, (_, i) => text(i)), { kind: 'outcome', text: ['HALTED'], tone: 'danger' }],
        }),
      ),
    )
    expect(words[0]).toBe('Kept')
    expect(words).toContain('HALTED')
    expect(words.at(-1)).toMatch(/^\d+ more parts do not fit here\.$/)
  })

  test('a table that is too wide is a list, each value named by its column', () => {
    const words = shown(renderCard(card({ blocks: [ring] })))
    expect(words).toContain('• Pilot 2: arrived 2\u00A0· attempted 2\u00A0· installed 2\u00A0· verified 1\u00A0· running')
  })

  test('an address that is too long is shown as words, never as another link', () => {
    const url = `https://example.org/${'a'.repeat(3000)}`
    const json = renderCard(card({ blocks: [{ kind: 'links', links: [{ label: 'Notice', url }] }] }))
    expect(objects(json).filter(({ type }) => type === 'Action.OpenUrl')).toEqual([])
    expect(shown(json).at(-1)).toMatch(/^Notice: https:\/\/example\.org\/a+…$/)
  })
})

test('any form is a valid dialog within the limit, with the mistake beside its field', () => {
  const forms = anyCard.map(({ actions }) => actions.flatMap(({ form }) => form ?? []))
  fc.assert(
    fc.property(forms, fc.string(), (all, text) => {
      for (const form of all) {
        const task = formIn(
          form,
          { v: 1, verb: 'v', id: 'change:1' },
          { typed: { reason: text }, error: { text: `no: ${text}`, field: form.fields[0]?.id } },
        )
        if (task.type !== 'continue') continue
        expect(task.value.title.length).toBeLessThanOrEqual(LIMITS.dialogTitle)
        const { content } = task.value.card as { content: never }
        expect(complaints(content).filter((one) => !/errorMessage|validat/i.test(one))).toEqual([])
        expect(bytesOf(task)).toBeLessThanOrEqual(LIMITS.messageBytes)
        expect(shown(content)).toContain(plainLine(`no: ${text}`))
      }
    }),
    { numRuns: 60 },
  )
})

const SCHEMA = join(dataFolder() ?? '', '11-chat/adaptive-cards/schema/1.5.0/adaptive-card.json')

test.skipIf(!existsSync(SCHEMA))('any card is valid by the published schema of Adaptive Cards 1.5', () => {
  // The schema misspells one name that Microsoft's renderer and samples write with an s.
  const text = readFileSync(SCHEMA, 'utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll('"firstRowAsHeader"', '"firstRowAsHeaders"')
  const { id: $id, $schema, ...rest } = JSON.parse(text)
  const valid = new Ajv({ strict: false, validateFormats: false }).compile({ $id, ...rest })
  fc.assert(
    fc.property(anyCard, (one) => {
      // What Teams adds to the schema is documented there, not here.
      const { msteams, ...pure } = renderCard(one, VIEWERS)
      expect(valid(pure) ? [] : valid.errors).toEqual([])
    }),
    { numRuns: 25 },
  )
})

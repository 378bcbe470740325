import fc from 'fast-check'
import type { Action, Block, Card, Field, Span } from '../../src/cards/card.ts'

/** Text that somebody outside wrote to make a chat client do something. */
export const HOSTILE = [
  '[click](https://evil.example)',
  '![x](https://evil.example/p.png)',
  '<https://evil.example|Red Hat>',
  '<!channel>',
  '<@U123>',
  '@everyone',
  '<at>Everyone</at>',
  '<img src=x onerror=alert(1)>',
  '**bold** _it_ `code` ~~x~~',
  '# heading',
  '- item',
  '1. item',
  '{{DATE(2023-03-30T12:05:00Z, SHORT)}}',
  '\u202Egpj.exe\u202C',
  '\u2066hidden\u2069',
  'pay\u200Bpal',
  'line one\nline two\r\n\r\nline four',
  '&lt;b&gt;',
  '\\*',
  '$& $1 $$',
]

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const foreign = fc.array(hostile, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '))
const instant = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.toISOString())
const tone = fc.constantFrom('neutral' as const, 'info' as const, 'good' as const, 'warning' as const, 'danger' as const)
const span: fc.Arbitrary<Span> = fc.oneof(
  foreign,
  fc.record({ strong: foreign }),
  fc.record({ time: instant, style: fc.constantFrom('date' as const, 'time' as const, 'date-time' as const) }),
  fc.record({
    mention: fc.constantFrom('person' as const, 'role' as const),
    id: fc.constantFrom('dana', 'emil', 'security'),
    name: foreign,
  }),
)
const text = fc.array(span, { maxLength: 4 })
const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 4 })

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text, quiet: fc.boolean() }),
  fc.record({ kind: fc.constant('heading' as const), text: foreign }),
  fc.record({ kind: fc.constant('facts' as const), facts: few(fc.record({ label: foreign, value: text })) }),
  fc.record({ kind: fc.constant('list' as const), items: few(text) }),
  fc.record({ kind: fc.constant('table' as const), columns: few(foreign), rows: few(few(foreign)) }),
  fc.record({ kind: fc.constant('progress' as const), label: foreign, done: fc.nat(99), of: fc.nat(99) }),
  fc.record({ kind: fc.constant('outcome' as const), text, tone }),
  fc.record({
    kind: fc.constant('picture' as const),
    alt: foreign,
    chart: fc.record({
      title: foreign,
      of: fc.nat(99),
      points: fc.array(fc.record({ at: instant, count: fc.nat(99) }), { minLength: 1, maxLength: 5 }),
      marks: few(fc.record({ at: instant, label: foreign, tone })),
    }),
  }),
  fc.record({
    kind: fc.constant('links' as const),
    links: few(
      fc.record({
        label: foreign,
        url: fc.oneof(fc.webUrl({ validSchemes: ['https', 'http', 'ftp'] }), foreign, fc.constant('javascript:alert(1)')),
      }),
    ),
  }),
)

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    id: fc.constantFrom('reason', 'until'),
    label: foreign,
    multiline: fc.boolean(),
    required: fc.boolean(),
    maxLength: fc.integer({ min: 1, max: 3000 }),
    hint: foreign,
  }),
  fc.record({
    kind: fc.constant('choice' as const),
    id: fc.constantFrom('class', 'ring'),
    label: foreign,
    required: fc.boolean(),
    options: few(fc.record({ value: foreign, label: foreign })),
  }),
)

const action: fc.Arbitrary<Action> = fc.record(
  {
    label: foreign,
    verb: fc.constantFrom('approve', 'classify'),
    id: fc.constantFrom('change:12', 'bulletin:4'),
    digest: fc.constantFrom('9f3a', 'ffff'),
    style: fc.constantFrom('default' as const, 'primary' as const, 'danger' as const),
    form: fc.record({
      title: foreign,
      intro: foreign,
      submit: foreign,
      fields: fc.uniqueArray(field, { selector: (one) => one.id, maxLength: 4 }),
    }),
  },
  { requiredKeys: ['label', 'verb', 'id', 'style'] },
)

/** Any card, filled with hostile text. */
export const anyCard: fc.Arbitrary<Card> = fc.record({
  look: fc.constantFrom('standard' as const, 'announcement' as const, 'whisper' as const),
  tone,
  badges: few(fc.record({ text: foreign, tone })),
  title: foreign,
  subtitle: foreign,
  blocks: fc.array(block, { maxLength: 6 }),
  actions: fc.array(action, { maxLength: 8 }),
  summary: foreign,
})

/** A small card to build others from. */
export function card(parts: Partial<Card> = {}): Card {
  return { look: 'standard', tone: 'neutral', badges: [], title: 'Title', blocks: [], actions: [], summary: 'Summary', ...parts }
}

import { createRequire } from 'node:module'
import type * as AdaptiveCards from 'adaptivecards'
import type { AdaptiveCardJson } from '../../src/cards/adaptive.ts'

// The ESM build of Microsoft's renderer has no file extensions in its imports; Node can load only the bundle.
const { AdaptiveCard, SerializationContext, Versions } = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
) as typeof AdaptiveCards

/** What Microsoft's own parser complains about; empty when the card is valid. */
export function complaints(json: AdaptiveCardJson): string[] {
  const card = new AdaptiveCard()
  const context = new SerializationContext(Versions.v1_5)
  card.parse(json, context)
  const parsing = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message)
  return [...parsing, ...card.validateProperties().validationEvents.map((event) => event.message)]
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Every object of a card's JSON, outside in. */
export function objects(json: unknown): Readonly<Record<string, Json>>[] {
  if (Array.isArray(json)) return json.flatMap(objects)
  if (typeof json !== 'object' || json === null) return []
  return [json as Readonly<Record<string, Json>>, ...Object.values(json).flatMap(objects)]
}

/** The words of each text element in order, as a reader sees them; a time stays a macro. */
export function shown(json: unknown): string[] {
  return objects(json).flatMap((element) => {
    if (element.type === 'TextBlock') return [readMarkdown(String(element.text))]
    if (element.type === 'RichTextBlock' && Array.isArray(element.inlines))
      return [element.inlines.map((run) => String((run as { text: string }).text)).join('')]
    return []
  })
}

/** Markdown in which only `**` is markup and everything else foreign is escaped; throws where something is not. */
export function readMarkdown(text: string): string {
  return [...text.matchAll(TOKEN)]
    .map(([all, escaped, macro, bold, word]) => {
      if (escaped !== undefined) return escaped
      if (macro !== undefined) return macro
      if (bold !== undefined) return ''
      if (word !== undefined) return word
      throw new Error(`live markup ${JSON.stringify(all)} in ${JSON.stringify(text)}`)
    })
    .join('')
}

const TOKEN = /\\([!-/:-@[-`{-~])|(\{\{(?:DATE|TIME)\([^)]*\)\}\})|(\*\*)|((?!:\/\/)[^\\`*_[\]<>&#!~|{}])|./gsu

import Parser from 'rss-parser'
import { normaliseXml } from './normalise.ts'

const parser = new Parser<Record<string, unknown>, Record<string, unknown>>({ defaultRSS: 2 })

/** From so many letters on a second reading costs more than it shows. */
const SMALL = 200_000

/**
 * What rss-parser makes of the same text: how many items. Two readers that disagree are worth a look: somebody may have written what one
 * of them does not see. Null: too large, or it cannot read it (it throws a whole feed away for one bad date).
 */
export const countedByRssParser = async (xml: string): Promise<number | null> => {
  if (xml.length > SMALL) return null
  try {
    return (await parser.parseString(normaliseXml(xml))).items.length
  } catch {
    return null
  }
}

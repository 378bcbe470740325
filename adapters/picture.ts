import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'
import type { Picture } from '../src/cards/card.ts'
import { chartSvg } from '../src/cards/chart.ts'

// Brought along, because a machine may have no font at all: inter-subset.otf, see picture/OFL.txt.
const FONT = fileURLToPath(new URL('picture/inter-subset.otf', import.meta.url))

/** A picture of a card as PNG, for platforms that show no SVG. Pure: the same figures give the same bytes on every machine. */
export function pngOf({ chart }: Picture): Uint8Array {
  const font = { loadSystemFonts: false, fontFiles: [FONT], defaultFontFamily: 'Inter' }
  return new Resvg(chartSvg(chart), { font, fitTo: { mode: 'original' } }).render().asPng()
}

/** The same as an address that a card can carry: nothing is loaded from anywhere. */
export const pngAddress = (picture: Picture): string => `data:image/png;base64,${Buffer.from(pngOf(picture)).toString('base64')}`

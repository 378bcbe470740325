import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'
import type { Picture } from '../src/cards/card.ts'
import { chartSvg } from '../src/cards/chart.ts'

// Brought along, because a machine may have no font at all: inter-subset.otf, see picture/OFL.txt.
const FONT = fileURLToPath(new URL('picture/inter-subset.otf', import.meta.url))

/** An SVG as PNG; `width` in pixels, its own where none is given. Pure: the same drawing gives the same bytes on every machine. */
export function pngOfSvg(svg: string, width?: number): Uint8Array {
  const font = { loadSystemFonts: false, fontFiles: [FONT], defaultFontFamily: 'Inter' }
  const fitTo = width === undefined ? { mode: 'original' as const } : { mode: 'width' as const, value: width }
  return new Resvg(svg, { font, fitTo }).render().asPng()
}

/** What was drawn last: a card is drawn often, its picture changes seldom, and the renderer's memory is freed late. */
const drawn = new Map<string, Uint8Array>()
const MOST_KEPT = 50

/** A picture of a card, for platforms that show no SVG. */
export function pngOf({ chart }: Picture): Uint8Array {
  const svg = chartSvg(chart)
  const png = drawn.get(svg) ?? pngOfSvg(svg)
  drawn.delete(svg)
  drawn.set(svg, png)
  for (const oldest of drawn.keys()) if (drawn.size > MOST_KEPT) drawn.delete(oldest)
  return png
}

/** The same as an address that a card can carry: nothing is loaded from anywhere. */
export const pngAddress = (picture: Picture): string => `data:image/png;base64,${Buffer.from(pngOf(picture)).toString('base64')}`

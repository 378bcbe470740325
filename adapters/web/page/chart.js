const SVG = 'http://www.w3.org/2000/svg'

/**
 * A part of a bar; `size` in units of its bar.
 * @typedef {{kind: 'good' | 'info' | 'warning' | 'danger', size: number}} Part
 */

/** Gap between two parts, in percent of the bar. */
const GAP = 0.6

/**
 * A bar of parts, drawn as SVG in percent, so that it fits whatever room there is. It says nothing to a screen reader: the figures
 * stand beside it. The parts differ by pattern too, not by colour alone.
 * @param {readonly Part[]} parts @param {string} [kind]
 */
export function stackedBar(parts, kind = 'stacked') {
  const svg = element('svg', { class: kind, 'aria-hidden': 'true', focusable: 'false' })
  const shown = parts.filter(({ size }) => size > 0)
  const whole = shown.reduce((sum, { size }) => sum + size, 0)
  const room = 100 - GAP * (shown.length - 1)
  let x = 0
  for (const { kind: part, size } of shown) {
    const width = (room * size) / whole
    svg.append(
      element('rect', { class: part, x: `${x}%`, width: `${width}%`, height: '100%', rx: '3' }),
      element('rect', { class: `pattern ${part}`, x: `${x}%`, width: `${width}%`, height: '100%', rx: '3', fill: `url(#pattern-${part})` }),
    )
    x += width + GAP
  }
  return svg
}

/** @param {string} tag @param {Record<string, string>} attributes */
function element(tag, attributes) {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

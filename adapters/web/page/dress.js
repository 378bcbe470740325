import { make } from './dom.js'

/** @import * as Renderer from 'adaptivecards' */

/** Characters up to which a table cell stays on one line. */
const SHORT = 22

/** What Microsoft's renderer cannot say about a drawn card. @param {Renderer.AdaptiveCard} card */
export function dress(card) {
  const root = card.renderedElement
  if (!root) return
  markTitle(card)
  for (const line of root.querySelectorAll('.ac-richTextBlock')) {
    const [first] = line.children
    if (/^(• |[☐☑☒] )/u.test(first?.textContent ?? '')) line.classList.add('item')
    if (first && /^[█░]+$/u.test(first.textContent ?? '')) drawBar(first, line.textContent ?? '')
  }
  for (const table of root.querySelectorAll('[role="table"]')) joinRows([...table.querySelectorAll('[role="row"]')])
  for (const table of root.querySelectorAll('[role="table"]')) nameCells([...table.querySelectorAll('[role="row"]')])
  for (const cell of root.querySelectorAll('[role="row"] > *')) cell.classList.toggle('short', (cell.textContent ?? '').length <= SHORT)
}

/** The title becomes a heading. Its id must not stay: every card of the page has one. @param {Renderer.AdaptiveCard} card */
function markTitle(card) {
  const title = card.getElementById('title')?.renderedElement
  if (!title) return
  title.removeAttribute('id')
  title.classList.add('title')
  title.setAttribute('role', 'heading')
  title.setAttribute('aria-level', '2')
}

/** A row without a name belongs to the one above it: no line between them. @param {Element[]} rows the first one is the head */
function joinRows(rows) {
  for (const [index, row] of rows.entries())
    if (index > 1 && row.firstElementChild?.textContent === '') rows[index - 1]?.classList.add('goes-on')
}

/** Columns up to which a table fits a phone. */
const FEW = 3

/** On a phone the cells of a wide table stand below each other: each is told what it is. @param {Element[]} rows the first one is the head */
function nameCells([head, ...rows]) {
  if (!head || head.children.length <= FEW) return
  head.parentElement?.classList.add('stacks')
  for (const row of rows)
    for (const [index, cell] of [...row.children].entries())
      if (cell instanceof HTMLElement) cell.dataset.column = head.children[index]?.textContent ?? ''
}

/** A bar of block characters, drawn as one. @param {Element} run @param {string} line */
function drawBar(run, line) {
  const [, done, of] = /(\d+) of (\d+)/.exec(line) ?? []
  const bar = make('span', 'bar')
  const part = make('span')
  part.style.width = `${(100 * Number(done)) / Math.max(1, Number(of))}%`
  bar.append(part)
  run.replaceWith(bar)
}

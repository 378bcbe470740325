import { make } from './dom.js'
import { sayLeft, sayTime } from './times.js'

/** @import {Overview, OverviewContext, Task} from './types.js' */

/** What this person can do now. @param {Overview} overview @param {OverviewContext} context */
export function drawTasks({ waitsForYou, now }, context) {
  if (waitsForYou.length === 0) return [make('p', 'nothing', 'Nothing waits for you. What others do stands below.')]
  const list = make('ol', 'tasks')
  list.append(...waitsForYou.map((task) => taskItem(task, now, context)))
  return [list]
}

/** @param {Task} task @param {string} now @param {OverviewContext} context */
function taskItem({ text, about, due, card }, now, { zone, hrefOf }) {
  const item = make('li')
  const words = make('span', 'words')
  words.append(make('strong', '', text), ' ', make('span', 'about', about))
  const link = card ? make('a', 'task') : make('p', 'task')
  if (card && link instanceof HTMLAnchorElement) link.href = hrefOf(card)
  link.dataset.key = `task ${card?.post} ${text} ${about}`
  link.append(words)
  if (due) {
    const left = Date.parse(due) - Date.parse(now)
    const time = make('span', left < 0 ? 'left overdue' : 'left', left < 0 ? `overdue by ${sayLeft(-left)}` : `${sayLeft(left)} left`)
    time.title = `by ${sayTime(due, 'date-time', zone, now)}`
    link.append(time)
  }
  item.append(link)
  return item
}

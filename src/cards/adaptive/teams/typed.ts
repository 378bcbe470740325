import { fieldOf } from '../../adaptive.ts'
import { LIMITS } from './limits.ts'

const OURS = new Set(['v', 'verb', 'id', 'digest', 'msteams'])
const INPUT = /^[\w-]{1,60}(~\d{1,3})?$/
const MOST_INPUTS = 50

/** What was typed beside a button, by field: Teams sends it among the button's own data. Fields left empty are absent. */
export function typedBeside(data: object): Record<string, string> {
  const typed = Object.entries(data).flatMap(([name, content]) => {
    const fits = !OURS.has(name) && INPUT.test(name) && typeof content === 'string' && content !== ''
    return fits ? [[fieldOf(name), content.slice(0, LIMITS.typed)] as const] : []
  })
  return Object.fromEntries(typed.slice(0, MOST_INPUTS))
}

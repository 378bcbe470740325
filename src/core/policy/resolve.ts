import { PRESET, type Span, START } from '../evaluate/presets.ts'
import type { ClassRule, Policy } from '../policy.ts'
import { type ChangeClass, CLASSES } from './fields.ts'

/**
 * The policy with the hours of its preset filled in, so that its hash covers them. Only where the class alone decides: where facts of
 * the change do, too, they are laid over each change (core/evaluate/terms.ts).
 */
export function resolved(policy: Policy): Policy {
  if (policy.preset !== 'chapter') return policy
  const classes = Object.fromEntries(CLASSES.map((name) => [name, filled(policy.classes[name], name)])) as Policy['classes']
  return { ...policy, classes }
}

function filled(rule: ClassRule, name: ChangeClass): ClassRule {
  const complete = PRESET.chapter.rows.find(({ classes }) => classes?.includes(name))?.complete ?? null
  return {
    ...(rule.startHours === undefined ? startOf(rule, START[name]) : {}),
    ...rule,
    completeHours: rule.completeHours === undefined ? hoursOf(complete) : rule.completeHours,
  }
}

const startOf = ({ startMonths }: ClassRule, span: Span | null): Pick<ClassRule, 'startHours' | 'startMonths'> =>
  startMonths === undefined && span !== null && 'months' in span
    ? { startHours: null, startMonths: span.months }
    : { startHours: startMonths === undefined ? hoursOf(span) : null }

const hoursOf = (term: Span | 'upgrade' | null): number | null =>
  term === null || term === 'upgrade' || !('hours' in term) ? null : term.hours

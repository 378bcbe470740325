import { z } from 'zod'
import type { Signs } from '../../core/change/build-plan.ts'
import type { Command } from '../../core/change/command.ts'
import { elsewhereHosts } from '../../core/change/decide-elsewhere.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { HostProgress } from '../../core/deploy/progress.ts'
import { CHANGE_TYPES } from '../../core/evaluate/classification.ts'
import { own } from '../../core/own.ts'
import { CLASSES } from '../../core/policy.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'
import { planFor } from '../change/planning.ts'
import type { House } from '../house.ts'
import { readMoment } from './moment.ts'
import type { Subject } from './subject.ts'

/** What a verb's command is made from. */
export interface Asked {
  readonly house: House
  readonly state: ChangeState
  readonly hosts: readonly HostProgress[]
  /** Hosts of the failure group that the subject names; all open ones where it names the whole change. */
  readonly group: readonly string[]
  readonly subject: Subject
  readonly digest: string
  /** For a plan: when its hosts were last heard of. */
  readonly signs: Signs
  /** For a plan: hosts that are left out for a while, with the reason. */
  readonly exempt: ReadonlyMap<string, string>
  readonly now: Date
}

/** A verb that changes a change: its inputs, and the command they make. */
interface ChangeVerb<T> {
  readonly inputs: z.ZodType<T>
  command(inputs: T, asked: Asked): Ruled<Command>
}

const words = (most: number) =>
  z
    .string()
    .max(most, `at most ${most} characters`)
    .transform((s) => s.trim())
const reason = z.object({ reason: words(500).default('') })
const yesNo = z.enum(['yes', 'no'], 'expected yes or no').transform((v) => v === 'yes')
const nothing = z.object({})

const verb = <T>(inputs: z.ZodType<T>, command: (inputs: T, asked: Asked) => Ruled<Command>): ChangeVerb<T> => ({ inputs, command })
const simple = <T>(inputs: z.ZodType<T>, command: (inputs: T, asked: Asked) => Command): ChangeVerb<T> =>
  verb(inputs, (i, a) => allow(command(i, a)))

const openHosts = ({ hosts, group }: Asked): readonly string[] =>
  hosts.filter((h) => group.includes(h.host) && (h.status === 'failed' || h.status === 'unknown')).map((h) => h.host)

/** Host names as people type them, with commas or spaces between them. */
const hostNames = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((n) => n !== '')

/** The same; `all` (or nothing) is every host of the change that nobody has reported yet. */
function namedHosts(text: string, state: ChangeState): readonly string[] {
  const names = hostNames(text)
  if (names.length > 0 && names[0] !== 'all') return names
  const known = new Set(elsewhereHosts(state))
  return state.hosts.map((h) => h.host).filter((h) => !known.has(h))
}

/** Every button and form that changes a change. What is not here, nobody can do. */
const CHANGE_VERBS = {
  vouch: simple(z.object({ reason: words(500).default(''), bulletin: z.string().max(64).optional() }), (i) => ({
    kind: 'vouch',
    reason: i.reason,
    ...(i.bulletin === undefined ? {} : { bulletin: i.bulletin }),
  })),
  classify: simple(
    z.object({ class: z.enum(CLASSES), type: z.enum(['usual', ...CHANGE_TYPES]).default('usual'), reason: words(500).default('') }),
    (i) => ({ kind: 'classify', class: i.class, ...(i.type === 'usual' ? {} : { type: i.type }), reason: i.reason }),
  ),
  await: verb(z.object({ what: words(500), until: words(40).default('') }), (i, { house }) => {
    const until = readMoment(i.until, house.inForce.policy.zone, 'end')
    return until.ok ? allow({ kind: 'await', what: i.what, ...(until.value === null ? {} : { until: until.value }) }) : until
  }),
  'end-waiting': simple(reason, (i) => ({ kind: 'end-waiting', reason: i.reason })),
  'done-elsewhere': verb(
    z.object({ hosts: words(4000).default('all'), when: words(40).default(''), reason: words(500).default('') }),
    (i, { house, state, now }) => {
      const when = readMoment(i.when, house.inForce.policy.zone, 'start')
      if (!when.ok) return when
      return allow({ kind: 'done-elsewhere', hosts: namedHosts(i.hosts, state), reason: i.reason, when: when.value ?? now.toISOString() })
    },
  ),
  'leave-out': verb(
    z.object({ hosts: words(4000), reason: words(500).default(''), control: words(500).default(''), until: words(40).default('') }),
    (i, { house }) => {
      const until = readMoment(i.until, house.inForce.policy.zone, 'end')
      if (!until.ok) return until
      const { reason, control } = i
      return allow({
        kind: 'leave-out',
        hosts: hostNames(i.hosts),
        reason,
        control,
        ...(until.value === null ? {} : { until: until.value }),
      })
    },
  ),
  'accept-handover': simple(nothing, (_, { digest }) => ({
    kind: 'accept-handover',
    number: Number(/^handover-(\d{1,6})$/.exec(digest)?.[1] ?? 0),
  })),
  'not-relevant': simple(reason, (i) => ({ kind: 'not-relevant', reason: i.reason })),
  'record-test': simple(z.object({ test: z.string().max(60), passed: yesNo, note: words(500).default('') }), (i) => ({
    kind: 'record-test',
    test: i.test,
    passed: i.passed,
    note: i.note,
  })),
  'accept-patch-file': simple(reason, (i, { digest }) => ({ kind: 'accept-patch-file', sha256: digest, reason: i.reason })),
  'submit-plan': verb(
    z.object({
      window: z.string().max(120),
      runner: z.string().max(60),
      reboot: yesNo,
      silent: yesNo,
      undo: words(500).refine((s) => s !== '', 'please say how it is undone'),
    }),
    (i, { house, state, signs, exempt, now }) => {
      const plan = planFor(house, state, i, signs, exempt, now)
      return plan.ok ? allow({ kind: 'submit-plan', plan: plan.value }) : plan
    },
  ),
  approve: simple(nothing, (_, { digest }) => ({ kind: 'approve', digest })),
  reject: simple(reason, (i, { digest }) => ({ kind: 'reject', digest, reason: i.reason })),
  announce: simple(z.object({ what: words(500), why: words(500) }), (i) => ({ kind: 'announce', what: i.what, why: i.why })),
  'record-pilot': simple(z.object({ passed: yesNo, note: words(500).default('') }), (i) => ({
    kind: 'record-pilot',
    passed: i.passed,
    note: i.note,
  })),
  stop: simple(reason, (i) => ({ kind: 'stop', reason: i.reason })),
  resume: simple(nothing, (_, { digest }) => ({ kind: 'resume', digest })),
  retry: simple(nothing, (_, asked) => ({ kind: 'retry', hosts: openHosts(asked) })),
  exclude: verb(z.object({ reason: words(500).default(''), control: words(500).default(''), until: words(40).default('') }), (i, asked) => {
    const until = readMoment(i.until, asked.house.inForce.policy.zone, 'end')
    if (!until.ok) return until
    const { reason, control } = i
    return allow({ kind: 'exclude', hosts: openHosts(asked), reason, control, ...(until.value === null ? {} : { until: until.value }) })
  }),
  'roll-back': simple(reason, (i) => ({ kind: 'roll-back', reason: i.reason })),
  claim: verb(nothing, (_, { state, subject, group }) => {
    const incident = state.incidents.find((i) => subject.key === `incident-${i.number}`)
    if (subject.kind !== 'failure' || (group.length === 0 && !incident))
      return refuse('FAILURE_UNKNOWN', 'There is no such failure (any more).')
    return allow({ kind: 'claim', key: subject.key, what: incident ? `incident ${incident.number}` : group.join(', ') })
  }),
  'went-wrong': simple(z.object({ text: words(500) }), (i) => ({ kind: 'report-incident', text: i.text })),
  'write-lesson': simple(z.object({ text: words(1000) }), (i) => ({ kind: 'write-lesson', text: i.text })),
  'plan-again': simple(nothing, () => ({ kind: 'plan-again' })),
  'close-review': simple(nothing, () => ({ kind: 'close-review' })),
} as const

export type ChangeVerbName = keyof typeof CHANGE_VERBS

export const isChangeVerb = (name: string): name is ChangeVerbName => Object.hasOwn(CHANGE_VERBS, name)

/** The command that a verb makes of its untrusted inputs; a refusal names the field. */
export function commandOf(
  name: ChangeVerbName,
  inputs: Readonly<Record<string, string>>,
  asked: Asked,
): Ruled<Command> & { field?: string } {
  const { inputs: schema, command } = CHANGE_VERBS[name] as ChangeVerb<unknown>
  const read = schema.safeParse(inputs)
  if (read.success) return command(read.data, asked)
  const [issue] = read.error.issues
  const field = issue?.path.join('.') ?? ''
  const typed = own(inputs, field)
  const came = typed === undefined ? 'nothing' : `"${typed.slice(0, 60)}"`
  return { ok: false, refusal: { code: 'INPUT_INVALID', text: `${field}: ${issue?.message ?? 'not understood'}; got ${came}.` }, field }
}

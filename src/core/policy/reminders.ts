import { z } from 'zod'

/** Five (or six) fields of a node-cron expression; whether it can be read is checked with the whole policy. */
const cron = z.string().regex(/^\S+(\s+\S+){4,5}$/, 'expected a cron expression of five or six fields, such as 0 9 * * 1-5')

const at = (expression: string) =>
  z
    .strictObject({
      cron: cron.default(expression),
      /** IANA zone of the expression; the organisation's where it is not given. */
      zone: z.string().optional(),
    })
    .nullable()
    .prefault({})

const within = (expression: string, days: number) =>
  z
    .strictObject({ cron: cron.default(expression), zone: z.string().optional(), days: z.number().int().positive().default(days) })
    .nullable()
    .prefault({})

const WORKDAYS = '0 9 * * 1-5'
const DAILY = '0 8 * * *'

/** When somebody is reminded of what. `null` switches one off. Each stops when the thing is done. */
export const reminders = z.strictObject({
  /** A change waits for a classification, a test, a plan or an approval. */
  decisionPending: at(WORKDAYS),
  /** Shares of the time to either deadline at which people are told, 0 to 1. */
  clocks: z
    .strictObject({ shares: z.array(z.number().positive().max(1)).min(1).default([0.5, 0.8, 1]) })
    .nullable()
    .prefault({}),
  windowTomorrow: at('0 15 * * *'),
  /** Minutes before a window with an approved change opens. */
  windowSoon: z
    .strictObject({ minutes: z.number().int().positive().default(60) })
    .nullable()
    .prefault({}),
  /** A role that nobody holds. */
  roleNotFilled: at(WORKDAYS),
  /** A role held by one person without a delegate. */
  delegateMissing: at('0 9 * * 1'),
  exceptionExpiring: within(WORKDAYS, 14),
  reviewDue: within(WORKDAYS, 7),
  /** A change that awaits a rollup or service pack. */
  awaiting: at('0 9 * * 1'),
  auditHead: at(DAILY),
  /** What came in, matched nothing, failed or stands still: one card instead of a flood. */
  dailySummary: at(DAILY),
})

export type Reminders = z.infer<typeof reminders>
export type ReminderKind = keyof Reminders

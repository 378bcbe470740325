import { type Result, type Suite, wordsOf } from './suite.ts'

/** How a suite came out, for the last line. */
export interface Figures {
  readonly passed: number
  readonly failed: number
}

export interface Report {
  readonly figures: Readonly<Record<string, Figures>>
  /** Did a suite stay below its goal? */
  readonly isMissed: boolean
}

const MOST_TOLD = 60
/** A suite that takes longer, in milliseconds, has failed: the others get their turn. */
const LONGEST = 10 * 60_000

/** A suite that breaks is one failed case. A fault that nobody awaited counts for the suite that runs. Never throws. */
export async function resultOf(run: () => Promise<Result>, longest = LONGEST): Promise<Result> {
  const stopped = Promise.withResolvers<Result>()
  const stop = (why: string): void => stopped.resolve({ passed: 0, failed: [`the suite broke off: ${why}`] })
  const broke = (error: unknown): void => stop(wordsOf(error))
  const timer = setTimeout(() => stop(`it took more than ${longest / 60_000} minutes`), longest)
  process.on('uncaughtException', broke)
  try {
    return await Promise.race([run(), stopped.promise])
  } catch (error) {
    return { passed: 0, failed: [`the suite broke off: ${wordsOf(error)}`] }
  } finally {
    clearTimeout(timer)
    process.off('uncaughtException', broke)
  }
}

const told = (name: string, goal: number, { passed, failed, notes = [] }: Result, isMet: boolean): string => {
  const all = passed + failed.length
  const share = ((100 * passed) / Math.max(1, all)).toFixed(1)
  const more = failed.length > MOST_TOLD ? [`and ${failed.length - MOST_TOLD} more`] : []
  const lines = [...notes, ...failed.slice(0, MOST_TOLD), ...more].map((one) => `  ${one.replace(/\s+/g, ' ').slice(0, 260)}\n`)
  return `${name}: ${passed} of ${all} (${share} %), goal ${goal * 100} %${isMet ? '' : ': MISSED'}\n${lines.join('')}`
}

/** Runs suites one after another and tells of each as soon as it is through. Nothing that a suite does keeps the others from running. */
export async function reportOf(suites: readonly (readonly [string, Suite])[], tell: (text: string) => void): Promise<Report> {
  const figures: Record<string, Figures> = {}
  let isMissed = false
  for (const [name, { goal, run }] of suites) {
    const result = await resultOf(run)
    const { passed, failed } = result
    const isMet = passed > 0 && passed / (passed + failed.length) >= goal
    isMissed ||= !isMet
    figures[name] = { passed, failed: failed.length }
    tell(told(name, goal, result, isMet))
  }
  return { figures, isMissed }
}

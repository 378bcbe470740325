/** What one benchmark found out. */
export interface Bench {
  /** For people: what was measured, and how much it was. */
  readonly rows: readonly (readonly [what: string, howMuch: string])[]
  /** For machines: ratios within the run, and the raw figures they come from. */
  readonly figures: Readonly<Record<string, number>>
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Milliseconds that it took. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const since = performance.now()
  await work()
  return performance.now() - since
}

/** Milliseconds of processor time that it took, threads of the engine included: what other processes do meanwhile is no part of it. */
export async function busy(work: () => Promise<unknown> | unknown): Promise<number> {
  const since = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1_000
}

/** All of it, `atOnce` at a time. */
export async function each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
    }),
  )
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits))

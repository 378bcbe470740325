/** The answer of a comparison: lower, equal, higher. */
export type Order = -1 | 0 | 1

/** Code units and numbers in their natural order. */
export function order(a: string | number, b: string | number): Order {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Numbers of any length, without turning them into numbers: leading zeros go, then the longer one is higher. */
export function compareDigits(a: string, b: string): Order {
  const [one, two] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return order(one.length, two.length) || order(one, two)
}

/** The first difference of two lists decides. The shorter one goes on as `undefined`, which `compare` has to put in its place. */
export function compareLists<T>(a: readonly T[], b: readonly T[], compare: (one: T | undefined, two: T | undefined) => Order): Order {
  const longest = Math.max(a.length, b.length)
  for (let i = 0; i < longest; i++) {
    const found = compare(a[i], b[i])
    if (found !== 0) return found
  }
  return 0
}

import { AsyncLocalStorage } from 'node:async_hooks'

/** Set while the library checks a token: it writes errors with stacks to the console, which anybody who sends us rubbish could fill. */
const checking = new AsyncLocalStorage<true>()
let ours: typeof console.error | null = null

/** Runs `work`; what it says to `console.error` goes nowhere. Everybody else's words do not change. */
export function quietly<T>(work: () => Promise<T>): Promise<T> {
  if (console.error !== ours) hush(console.error)
  return checking.run(true, work)
}

function hush(say: typeof console.error): void {
  ours = (...words: unknown[]) => {
    if (checking.getStore() === undefined) say.apply(console, words)
  }
  console.error = ours
}

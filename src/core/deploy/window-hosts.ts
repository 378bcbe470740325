import type { AffectedHost } from '../assess/affected.ts'
import type { WindowRule } from '../policy.ts'

/** What a window's filter looks at. */
export type Filtered = Pick<AffectedHost, 'assetClass' | 'environment' | 'site' | 'department'>

/** May a host change in this window? It has to be on every list that the window gives. */
export function windowIsFor({ hosts }: Pick<WindowRule, 'hosts'>, host: Filtered): boolean {
  if (hosts === undefined) return true
  const { assetClasses, environments, sites, departments } = hosts
  const on = <T>(list: readonly T[] | undefined, value: T): boolean => list === undefined || list.includes(value)
  return on(assetClasses, host.assetClass) && on(environments, host.environment) && on(sites, host.site) && on(departments, host.department)
}

/** Why a window leaves a host out, with the windows that are for it. */
export function notForWords(window: WindowRule, host: Filtered, windows: readonly WindowRule[]): string {
  const theirs = windows.filter((one) => windowIsFor(one, host)).map(({ name }) => `"${name}"`)
  const which =
    theirs.length === 0
      ? 'no window of the policy is for it'
      : `${theirs.length === 1 ? 'its window is' : 'its windows are'} ${theirs.join(', ')}`
  return `the window "${window.name}" is not for it: ${which}`
}

/** For whom a window is: "web servers; production". Empty where it is for all. */
export function windowForWords({ hosts }: Pick<WindowRule, 'hosts'>): string {
  if (hosts === undefined) return ''
  const { assetClasses, environments, sites, departments } = hosts
  return [assetClasses, environments, sites, departments].flatMap((list) => (list === undefined ? [] : [list.join(', ')])).join('; ')
}

import { own } from './own.ts'

/** Another value at a path of a JSON document, or what comes behind the list that is there. */
export type Step =
  | { readonly path: readonly string[]; readonly value: unknown }
  | { readonly path: readonly string[]; readonly more: readonly unknown[] }

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What makes one document out of another that it was derived from: members that are the same value are not looked into, lists get longer, or
 * are replaced as a whole. Null when a member is gone, which no step can say.
 */
export function patchOf(before: object, after: object): readonly Step[] | null {
  const steps: Step[] = []
  return collect(before as Members, after as Members, [], steps) ? steps : null
}

function collect(before: Members, after: Members, path: readonly string[], steps: Step[]): boolean {
  for (const name of Object.keys(before)) if (own(before, name) !== undefined && own(after, name) === undefined) return false
  for (const [name, value] of Object.entries(after)) {
    const was = own(before, name)
    if (value === was) continue
    if (isObject(was) && isObject(value)) {
      if (!collect(was, value, [...path, name], steps)) return false
    } else steps.push(stepAt([...path, name], was, value))
  }
  return true
}

function stepAt(path: readonly string[], was: unknown, value: unknown): Step {
  const isLonger = Array.isArray(was) && Array.isArray(value) && value.length > was.length && was.every((one, n) => one === value[n])
  return isLonger ? { path, more: value.slice(was.length) } : { path, value }
}

/** The document after these steps, one after another; what they do not touch is the same value. Of `patchOf`: the one that was derived. */
export const patched = <T extends object>(document: T, steps: readonly Step[]): T =>
  steps.reduce((last, step) => withStep(last as Members, step.path, step) as T, document)

function withStep(document: Members, [name, ...rest]: readonly string[], step: Step): Members {
  if (name === undefined) return document
  const was = own(document, name)
  if (rest.length > 0) return { ...document, [name]: withStep(isObject(was) ? was : {}, rest, step) }
  return { ...document, [name]: 'more' in step ? [...(Array.isArray(was) ? was : []), ...step.more] : step.value }
}

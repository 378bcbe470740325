import { own } from './own.ts'

/** Another value at a path of a JSON document. */
export interface Step {
  readonly path: readonly string[]
  readonly value: unknown
}

type Members = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What makes one document out of another that it was derived from: members that are the same value are not looked into, lists are replaced
 * as a whole. Null when a member is gone, which no step can say.
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
    } else steps.push({ path: [...path, name], value })
  }
  return true
}

/** The document after these steps, one after another; what they do not touch is the same value. Of `patchOf`: the one that was derived. */
export const patched = <T extends object>(document: T, steps: readonly Step[]): T =>
  steps.reduce((last, { path, value }) => withValue(last as Members, path, value) as T, document)

function withValue(document: Members, [name, ...rest]: readonly string[], value: unknown): Members {
  if (name === undefined) return document
  const was = own(document, name)
  return { ...document, [name]: rest.length === 0 ? value : withValue(isObject(was) ? was : {}, rest, value) }
}

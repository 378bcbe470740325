import { createHash } from 'node:crypto'

/**
 * JSON text that is the same for equal values: keys sorted by UTF-16 code unit, no white space, numbers and strings as
 * ECMAScript writes them (RFC 8785). Properties that are undefined are left out, as in JSON; a Date is its ISO text.
 * Throws a TypeError for what JSON would lose silently: NaN, infinities, bigint, functions, Map, Set, class instances.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`
  if (value instanceof Date) return JSON.stringify(value.toISOString())
  if (value !== null && typeof value === 'object') return canonicalObject(value)
  return canonicalScalar(value)
}

function canonicalObject(object: object): string {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) throw notJson(object.constructor.name)
  const members = Object.entries(object)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

function canonicalScalar(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  throw notJson(typeof value === 'number' ? String(value) : typeof value)
}

const notJson = (what: string): TypeError => new TypeError(`expected a JSON value, received ${what}`)

/** Lower-case hex SHA-256 of the text's UTF-8 bytes. */
export const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** Largest document that is read, in bytes. */
export const MOST_BYTES = 30_000_000

export type Decoded = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string }

const no = (problem: string): Decoded => ({ ok: false, problem })

const decode = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((byte, i) => bytes[i] === byte)

/** Bytes -> JSON value, or a sentence that says what came instead. RFC 8259: UTF-8 without a byte order mark. Never throws. */
export const decodeJson = (bytes: Uint8Array): Decoded => {
  if (bytes.length === 0) return no('The file is empty.')
  if (bytes.length > MOST_BYTES) return no(`The file has ${bytes.length} bytes, more than the ${MOST_BYTES} that are read.`)
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) return no('The file starts with a byte order mark; CSAF is UTF-8 without one.')
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) return no('The file is UTF-16; CSAF is UTF-8.')
  const text = decode(bytes)
  if (text === null) return no('The file is not UTF-8.')
  if (/^\s*</.test(text)) return no('The file is a web page (HTML or XML), not JSON.')
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return no('The file is not JSON.')
  }
}

/** Text of a feed, or a sentence that says what came instead. */
export type DecodedText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string }

const starts = (bytes: Uint8Array, ...start: readonly number[]): boolean => start.every((byte, i) => bytes[i] === byte)

/** What the first bytes prove: a byte order mark, or `<` in two bytes. */
const provenEncoding = (bytes: Uint8Array): string | null => {
  if (starts(bytes, 0xef, 0xbb, 0xbf)) return 'utf-8'
  if (starts(bytes, 0xff, 0xfe, 0, 0) || starts(bytes, 0, 0, 0xfe, 0xff)) return 'utf-32'
  if (starts(bytes, 0xff, 0xfe) || starts(bytes, 0x3c, 0)) return 'utf-16le'
  if (starts(bytes, 0xfe, 0xff) || starts(bytes, 0, 0x3c)) return 'utf-16be'
  return null
}

const PROLOG = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/
const CHARSET = /;\s*charset\s*=\s*"?([A-Za-z0-9._:-]{1,40})/i

const declaredEncodings = (bytes: Uint8Array, contentType: string): readonly string[] => {
  const prolog = PROLOG.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 400)))?.[1]
  const charset = CHARSET.exec(contentType)?.[1]
  // What is written in one byte per letter up to here is no UTF-16, whatever it says.
  return [charset, prolog].flatMap((label) => (label === undefined || /^(utf-?16|ucs-?2|iso-10646)/i.test(label) ? [] : [label]))
}

const tryDecode = (bytes: Uint8Array, label: string): string | null | 'unknown' => {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch (error) {
    return error instanceof RangeError ? 'unknown' : null
  }
}

// XML allows tab, line feed, carriage return and no other control character that anybody needs.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are meant; \p{Cc} with an exception takes four times as long.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g

/**
 * Bytes of a feed -> text, by byte order mark, HTTP charset, XML prolog, in this order. UTF-8 is the default; what claims to be UTF-8 and
 * is not is read as Windows-1252, as browsers do. Characters that XML forbids are left out.
 */
export const decodeFeed = (bytes: Uint8Array, contentType = ''): DecodedText => {
  const proven = provenEncoding(bytes)
  const labels = proven === null ? [...declaredEncodings(bytes, contentType), 'utf-8', 'windows-1252'] : [proven, 'windows-1252']
  for (const label of labels) {
    const text = tryDecode(bytes, label)
    if (text === 'unknown') return { ok: false, problem: `It is written in ${label}, which is not read.` }
    if (text !== null) return { ok: true, text: text.replace(FORBIDDEN, '') }
  }
  return { ok: false, problem: 'It is no text.' }
}

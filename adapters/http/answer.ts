import { Fault } from '../../src/core/fault.ts'

const START = 1_000

/** True when what came is a web page for people. Data formats that start with `<` have another root. */
export const isWebPage = (bytes: Uint8Array): boolean => {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, START)).replace(/\0/g, '')
  return /^[^<]{0,40}(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(start)
}

/**
 * The bytes of an answer that must be there: status 200, not empty, no web page. Throws Fault SOURCE_FAILED with a sentence for people.
 * `what` says what was expected, e.g. "a feed".
 */
export const bodyOf = (answer: { readonly status: number; readonly url: string; readonly bytes: Uint8Array }, what: string): Uint8Array => {
  const { host } = new URL(answer.url)
  const failed = (story: string): Fault => new Fault('SOURCE_FAILED', `${host} answered with ${story}.`)
  if (answer.status !== 200) throw failed(`status ${answer.status} instead of ${what}`)
  if (answer.bytes.length === 0) throw failed(`nothing instead of ${what}`)
  if (isWebPage(answer.bytes)) throw failed(`a web page instead of ${what}`)
  return answer.bytes
}

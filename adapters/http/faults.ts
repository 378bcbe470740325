import { Fault } from '../../src/core/fault.ts'
import { own } from '../../src/core/own.ts'

/** Codes of Node and undici that are safe and useful to tell, in words. Their messages are not: they may hold addresses with secrets. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up just now',
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it broke the connection',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  UND_ERR_SOCKET: 'it broke the connection before the answer was whole',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer has another length than it says',
  UND_ERR_RESPONSE: 'the answer is no proper http',
  UND_ERR_HEADERS_OVERFLOW: 'its answer has too many headers',
  UND_ERR_ABORTED: 'the request was given up',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is from an unknown authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  Z_DATA_ERROR: 'the answer is not compressed as it says',
  Z_BUF_ERROR: 'the compressed answer is cut off',
  Z_MEM_ERROR: 'the compressed answer cannot be read',
}

const SLOW = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'])

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error.name === 'HTTPParserError') return 'UND_ERR_RESPONSE'
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return codeOf(error.cause)
}

const wordsOf = (code: string): string => {
  const words = own(WORDS, code)
  if (words !== undefined) return words
  if (code.startsWith('HPE_')) return 'the answer is no proper http'
  if (code.startsWith('ERR_SSL') || code.startsWith('EPROTO')) return 'no secure connection can be made'
  if (code.startsWith('ERR__ERROR_') || code.startsWith('ERR_BROTLI')) return 'the answer is not compressed as it says'
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? `the connection failed (${code})` : 'the connection failed'
}

/** What went wrong on the way, as a Fault without anybody's secrets in it. `where` is an address that may be shown. */
export const httpFault = (error: unknown, where: string): Fault => {
  const found = error instanceof Error && error.cause instanceof Fault ? error.cause : error
  if (found instanceof Fault) return found
  const code = codeOf(error)
  if (SLOW.has(code)) return new Fault('HTTP_TOO_SLOW', `${where} takes too long: nothing came for a while.`)
  return new Fault('HTTP_FAILED', `${where} cannot be fetched: ${wordsOf(code)}.`)
}

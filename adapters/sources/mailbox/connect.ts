import { isIP } from 'node:net'
import type { ImapFlow } from 'imapflow'
import { Fault } from '../../../src/core/fault.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import { checkAddresses, httpFault, networksOf, type Resolve, systemResolve } from '../../http.ts'
import type { Tokens } from './token.ts'

type Rule = SourceRuleOf<'mailbox'>

/** How a mailbox is reached. */
export interface Way {
  /** Null: the environment has none. Not asked for where there are tokens. */
  readonly password: string | null
  readonly tokens?: Tokens
  readonly resolve?: Resolve
  /** Address of a proxy that it is reached through. */
  readonly proxy?: string
  /** PEM of authorities that are trusted instead of the public ones. */
  readonly ca?: string
}

/** Ports of IMAP: with TLS from the beginning, and with STARTTLS. */
const USUAL = [993, 143]
const CONNECT_MS = 15_000
const SILENCE_MS = 30_000
/** A line of an answer, and all of one answer beside the mail that it carries. */
const MOST_LINE = 2_000_000
/** Addresses of one name that are tried. */
const MOST_ADDRESSES = 3

/** What is told of a mailbox: never its user, never its password. */
export const placeOf = ({ host, port }: Pick<Rule, 'host' | 'port'>): string => `${host}:${port}`

/** Fields of the library's errors that are read. */
interface Failure {
  readonly authenticationFailed?: boolean
  readonly responseStatus?: string
  readonly tlsFailed?: boolean
  readonly code?: string
}

const SLOW = ['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT', 'ETIMEOUT']

/** What went wrong, in words without secrets. What the server itself says is not repeated: it may hold anything. */
export function mailFault(error: unknown, rule: Rule): Fault {
  if (error instanceof Fault) return error
  const { authenticationFailed, responseStatus, tlsFailed, code = '' } = (error ?? {}) as Failure
  const failed = (words: string): Fault => new Fault('SOURCE_FAILED', `${placeOf(rule)} ${words}`)
  if (authenticationFailed && rule.oauth) return failed('refuses the user or the token. May this app read this mailbox over IMAP?')
  if (authenticationFailed) return failed('refuses the user or the password. Was the password changed, or does it want one for programs?')
  if (responseStatus === 'NO' || responseStatus === 'BAD')
    return failed(`says no to what it was asked in the folder "${line(rule.folder, 100)}". Is there such a folder?`)
  if (tlsFailed && code === '') return failed('offers no secure connection. Without one no password is sent.')
  if (SLOW.includes(code) || (error instanceof Error && error.name === 'TimeoutError'))
    return new Fault('HTTP_TOO_SLOW', `${placeOf(rule)} does not answer.`)
  return httpFault(error, placeOf(rule))
}

/**
 * Signs in over TLS: from the beginning, or by a STARTTLS that must succeed. Every address of the name is checked, and the connection goes
 * to the very one that was. Throws Fault SOURCE_FAILED or HTTP_... .
 */
export async function connect(rule: Rule, way: Way, signal: AbortSignal): Promise<ImapFlow> {
  const { password, tokens } = way
  const auth = tokens ? { accessToken: await tokens.get(signal) } : { pass: passwordOf(rule, password) }
  const addresses = await addressesOf(rule, way, signal)
  let last: Fault | null = null
  for (const address of addresses.slice(0, MOST_ADDRESSES)) {
    signal.throwIfAborted()
    const answer = await signIn(rule, address, auth, way, signal)
    if (!(answer instanceof Fault)) return answer
    last = answer
    if (answer.code === 'SOURCE_FAILED') tokens?.drop()
    // It was reached: another address of the same server would say the same.
    if (answer.code === 'SOURCE_FAILED') break
  }
  throw last ?? new Fault('HTTP_FAILED', `${placeOf(rule)} has no address.`)
}

/** A name that only the proxy knows is left to it. */
async function addressesOf(rule: Rule, { resolve = systemResolve, proxy }: Way, signal: AbortSignal): Promise<readonly string[]> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)])
  const found = await Promise.race([resolve(rule.host), ended(late)]).catch((error: unknown) => {
    if (proxy !== undefined) return null
    throw mailFault(error, rule)
  })
  return found === null ? [rule.host] : checkAddresses(rule.host, rule.port, found, networksOf(rule.allowNetworks), USUAL)
}

/** A question to the DNS cannot be called off: it is only not waited for. */
const ended = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

function passwordOf(rule: Rule, password: string | null): string {
  if (password === null) throw new Fault('SOURCE_FAILED', `There is no password for ${placeOf(rule)} in the environment of the bot.`)
  return password
}

type Auth = { readonly pass: string } | { readonly accessToken: string }

async function signIn(rule: Rule, address: string, auth: Auth, { ca, proxy }: Way, signal: AbortSignal): Promise<ImapFlow | Fault> {
  // Most houses have no mailbox: what it needs is loaded with the first look.
  const { ImapFlow } = await import('imapflow')
  const fromTheBeginning = (rule.tls ?? (rule.port === 143 ? 'starttls' : 'from the beginning')) === 'from the beginning'
  const most = rule.maxMegabytes * 1_000_000 + MOST_LINE
  const client = new ImapFlow({
    host: address,
    port: rule.port,
    secure: fromTheBeginning,
    ...(fromTheBeginning ? {} : { doSTARTTLS: true }),
    ...(isIP(rule.host) === 0 ? { servername: rule.host } : {}),
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    auth: { user: rule.user, ...auth },
    ...(proxy === undefined ? {} : { proxy }),
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    maxLineLength: MOST_LINE,
    maxLiteralSize: most,
    maxResponseSize: most + MOST_LINE,
  })
  // What breaks is heard by whoever waits for an answer; without a listener it would end the bot.
  client.on('error', () => undefined)
  const close = (): void => client.close()
  signal.addEventListener('abort', close, { once: true })
  client.once('close', () => signal.removeEventListener('abort', close))
  try {
    await client.connect()
    return client
  } catch (error) {
    client.close()
    return mailFault(error, rule)
  }
}

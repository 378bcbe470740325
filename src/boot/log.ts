import { type DestinationStream, type Logger, pino } from 'pino'

/** The log of a process, and what must never stand in it. */
export interface Log {
  readonly log: Logger
  /** From now on these values are taken out wherever they stand. */
  hide(secrets: readonly string[]): void
  /** A text for standard error without secrets. */
  clean(text: string): string
}

const HIDDEN = '[secret]'
/** Shorter than this is no secret, and would take ordinary words out of the log. */
const SHORTEST = 6
const DEEPEST = 6

/** A field of such a name is a secret whatever stands in it. */
const SECRET_NAME = /pass(word|wd|phrase)?$|secret|token|authorization|cookie|api[-_]?key|private[-_]?key|credential|connection[-_]?string/i

const PATHS = ['url', 'databaseUrl', 'DATABASE_URL'].flatMap((name) => [name, `*.${name}`])

/** What secrets look like, wherever they stand; the first group is kept. Each works on a line of JSON, too: no match ends in half an escape. */
const SHAPES: readonly RegExp[] = [
  // Slack: bot, user, app, refresh, configuration tokens, and the address of a web hook.
  /()(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[\w.-]+/gi,
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/gi,
  // postgresql://USER:PASSWORD@HOST, https://USER:PASSWORD@HOST. A password may hold an @: the last one before the host counts.
  /([a-z][a-z0-9+.-]*:\/\/[^\s/:@"\\]*:)(?:[^\s/"\\]|\\["\\])+(?=@)/gi,
  /(\b(?:bearer|basic)(?:\s|\\[nt])+)[\w.~+/=-]{6,}/gi,
  // password=..., "client_secret": "...", ?access_token=..., x-api-key: ...
  /((?:password|passwd|pwd|secret|token|api[-_]?key|signature|authorization)\\*["']?\s*[=:]\s*\\*["']?)(?!\[secret\]|(?:bearer|basic)\b)[^\s&"'\\,;}]{4,}/gi,
  // A web token of three parts, and an armoured private key.
  /()eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)[^"]*?(?=-----END)/g,
]

/** Text with everything taken out that looks like a secret. */
export const withoutSecrets = (text: string): string => SHAPES.reduce((left, shape) => left.replace(shape, `$1${HIDDEN}`), text)

/**
 * Secrets are taken out three times: by the name of the field, by what the value looks like, and by the values that the process knows to
 * be secret. The last two also see the whole line as it is written, so that no way into the log leads past them.
 */
export function createLog(level: string, to: DestinationStream = pino.destination(2)): Log {
  const known = new Set<string>()
  const clean = (text: string): string => withoutSecrets([...known].reduce((left, secret) => left.replaceAll(secret, HIDDEN), text))
  const log = pino(
    {
      level,
      redact: { paths: PATHS, censor: HIDDEN },
      // Errors are taken apart by us; pino's own way would look for one.
      serializers: { err: (value: unknown) => value },
      formatters: { log: (line) => cleanFields(line, clean, 0) },
      hooks: { streamWrite: clean },
    },
    to,
  )
  return {
    log,
    clean,
    hide: (secrets) => {
      for (const secret of secrets)
        for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
          if (form.length >= SHORTEST) known.add(form)
    },
  }
}

type Fields = Record<string, unknown>

function cleanFields(fields: Fields, clean: (text: string) => string, depth: number): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [clean(name), SECRET_NAME.test(name) ? HIDDEN : cleanValue(value, clean, depth + 1)]),
  )
}

function cleanValue(value: unknown, clean: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return clean(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth > DEEPEST) return '[deeper]'
  if (value instanceof URL) return clean(value.href)
  if (Buffer.isBuffer(value) || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map((one) => cleanValue(one, clean, depth + 1))
  if (value instanceof Map || value instanceof Set) return cleanValue([...value], clean, depth)
  return cleanFields(value instanceof Error ? errorFields(value) : { ...value }, clean, depth)
}

/** An error with what hangs on it: its causes and its own fields. */
function errorFields(error: Error): Fields {
  const { name: type, message, stack, cause } = error
  const errors = error instanceof AggregateError ? { errors: error.errors } : {}
  return Object.assign({ ...error }, { type, message, stack }, errors, cause === undefined ? {} : { cause })
}

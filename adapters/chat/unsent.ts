const NO_WAY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/**
 * No connection came about, so that nothing can have been sent, and it can be said again without a doubt. An open connection may report an
 * unreachable host, too: then something may have been.
 */
export function isUnsent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isUnsent)
  if (!(error instanceof Error)) return false
  const { code = '', syscall } = error as NodeJS.ErrnoException
  const isConnecting = syscall === 'connect' || syscall === 'getaddrinfo'
  return (isConnecting && NO_WAY.has(code)) || code === 'UND_ERR_CONNECT_TIMEOUT' || isUnsent(error.cause)
}

/** What a failure is called: the code of its cause, else its class. Its own words may hold an address, and are not told. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure'
  const cause = error.cause ?? error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name
}

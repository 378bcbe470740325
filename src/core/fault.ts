/** Stable, searchable codes of faults: something that should not happen did. A rule's no is a `Refusal` instead. */
export type FaultCode =
  | 'CONFIG_INVALID'
  | 'POLICY_INVALID'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_HELD'
  | 'DATABASE_BUSY'
  | 'DATABASE_NOT_EMPTY'
  | 'MIGRATION_CHANGED'
  | 'BACKUP_INVALID'
  | 'PORT_TAKEN'
  | 'SOURCE_FAILED'
  | 'HTTP_REFUSED'
  | 'HTTP_FAILED'
  | 'HTTP_TOO_LARGE'
  | 'HTTP_TOO_SLOW'
  | 'DOCUMENT_INVALID'
  | 'RUNNER_FAILED'
  | 'IMPORT_FAILED'
  | 'ZONE_INVALID'
  | 'WINDOW_INVALID'
  | 'STATE_CORRUPT'

/** Says what was expected and what came. `code` never changes its meaning. */
export class Fault extends Error {
  readonly code: FaultCode
  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Fault'
    this.code = code
  }
}

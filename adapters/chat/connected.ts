import type { ChatPlatform } from '../../src/ports.ts'

/** A chat platform that we are connected to. */
export interface Connected<Url extends string | null> {
  readonly platform: ChatPlatform
  /** Where its requests go, on loopback; a proxy with TLS stands before it. Null: they come over a connection that we opened. */
  readonly url: Url
  /** Everything that has come in so far is done and told: the work may go on after the platform was answered. */
  idle(): Promise<void>
  close(): Promise<void>
}

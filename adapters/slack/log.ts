import { type Logger, LogLevel } from '@slack/bolt'
import type { Log } from '../chat/log.ts'

/** Bolt's and the client's words in our log. Their debug lines hold request bodies, so those go nowhere. */
export function boltLogger(log: Log): Logger {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level]({ from: 'bolt' }, parts.map(String).join(' '))
  return {
    debug: () => {},
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    getLevel: () => LogLevel.INFO,
    setLevel: () => {},
    setName: () => {},
  }
}

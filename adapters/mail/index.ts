import type { MailReader } from '../../src/ports.ts'
import { type DnsTime, type Resolve, storedResolver } from './resolver.ts'

export { createMailProcess, type MailProcess } from './process.ts'
export { realResolver, storedResolver } from './resolver.ts'

/** Reads mails; the DNS is the caller's. What reading needs is loaded with the first one: most starts of the bot see none for hours. */
export const createMailReader = ({ resolver, dnsTime }: { readonly resolver: Resolve; readonly dnsTime?: DnsTime }): MailReader => ({
  read: async (bytes, now, stored, keys) =>
    (await import('./open.ts')).openMail(bytes, now, stored ? storedResolver(stored) : resolver, keys ?? null, dnsTime),
})

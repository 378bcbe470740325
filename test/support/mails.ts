import { createMailReader, storedResolver } from '../../adapters/mail/index.ts'
import type { MailReader } from '../../src/ports.ts'

/** Reads mails; the DNS of a test knows nothing. */
export const offlineMails: MailReader = createMailReader({ resolver: storedResolver([]) })

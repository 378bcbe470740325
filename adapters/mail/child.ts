// Entry of the process that reads mails; started by process.ts.
import type { MailReading } from '../../src/core/identify/mail.ts'
import { serve } from '../reader.ts'
import { openMail } from './open.ts'
import type { MailJob } from './process.ts'
import { realResolver, storedResolver } from './resolver.ts'

const machine = realResolver()

serve<MailJob, MailReading>(({ bytes, now, dns, keys }) =>
  openMail(bytes, new Date(now), dns === null ? machine : storedResolver(dns), keys),
)

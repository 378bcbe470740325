import { z } from 'zod'
import { secretName } from '../../config.ts'
import { own } from '../../core/own.ts'
import { source } from '../../core/policy/sources.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'
import type { NewSource } from './vendors.ts'

/** A mailbox where vendors' notices arrive. */
export const mailboxSchema = z.strictObject({
  user: z.string().trim().min(1),
  host: z.string().trim().toLowerCase().min(1),
  senders: z
    .array(
      z.strictObject({
        from: z.string().trim().toLowerCase(),
        publisher: z.string().trim().min(1),
        idPrefixes: z.array(z.string().min(1)).min(1),
      }),
    )
    .min(1),
})
export type Mailbox = z.infer<typeof mailboxSchema>

/** Providers that take no passwords over IMAP; what stands in capitals is for its reader to put in. */
const WITH_TOKENS: Readonly<Record<string, object>> = {
  'outlook.office365.com': {
    tokenUrl: 'https://login.microsoftonline.com/TENANT-ID/oauth2/v2.0/token',
    clientId: 'CLIENT-ID',
    scope: 'https://outlook.office365.com/.default',
  },
  'imap.gmail.com': { tokenUrl: 'https://oauth2.googleapis.com/token', clientId: 'CLIENT-ID', grant: 'refresh token' },
}

const ID = 'vendor-mail'

/** The source of the policy file. */
export const mailboxSource = ({ user, host, senders }: Mailbox): NewSource => ({
  id: ID,
  kind: 'mailbox',
  name: 'Vendors’ notices by mail',
  host,
  user,
  ...(own(WITH_TOKENS, host) === undefined ? {} : { oauth: own(WITH_TOKENS, host) }),
  senders,
})

/** What the environment has to bring, and where the rest is told. */
export function mailboxHint({ host }: Mailbox): string {
  const oauth = own(WITH_TOKENS, host)
  const secrets = [
    ...(oauth === undefined ? [secretName('MAILBOX_PASSWORD', ID)] : [secretName('MAILBOX_CLIENT_SECRET', ID)]),
    ...(oauth !== undefined && 'grant' in oauth ? [secretName('MAILBOX_REFRESH_TOKEN', ID)] : []),
  ]
  const more = oauth === undefined ? '' : ` ${host} takes no passwords: put the ids of your app into oauth.`
  return `The mailbox wants ${secrets.join(' and ')} in the environment.${more} See adapters/sources/mailbox/README.md.`
}

const SOMEBODY = { from: 'psirt@vendor.com', publisher: 'Vendor', idPrefixes: ['VEND-'] }

/** `notices@example.com at imap.example.com`. What the policy would not take is asked again, before other answers depend on it. */
export function readMailbox(text: string): Ruled<Pick<Mailbox, 'user' | 'host'>> {
  const [, user = '', named = ''] = /^\s*(\S+)\s+at\s+(\S+)\s*$/i.exec(text) ?? []
  const host = named.toLowerCase()
  return source.safeParse(mailboxSource({ user, host, senders: [SOMEBODY] })).success
    ? allow({ user, host })
    : refuse(
        'MAILBOX_UNREAD',
        `Expected USER at HOST, such as notices@example.com at imap.example.com, a name without a port; got "${text.trim()}".`,
      )
}

/** `psirt@vendor.com: Vendor, VEND-`: whom it listens to, and how the ids begin that the sender may speak for. */
export function readSender(text: string): Ruled<Mailbox['senders'][number]> {
  const [from = '', rest = ''] = text.split(/:(.*)/s)
  const [publisher = '', ...idPrefixes] = rest.split(',').map((part) => part.trim())
  const sender = { from: from.trim().toLowerCase(), publisher, idPrefixes }
  const read = source.safeParse(mailboxSource({ user: 'x', host: 'imap.example.com', senders: [sender] }))
  return read.success
    ? allow(sender)
    : refuse(
        'SENDER_UNREAD',
        `Expected SENDER: PUBLISHER, HOW ITS IDS BEGIN, such as psirt@vendor.com: Vendor, VEND-; got "${text.trim()}".`,
      )
}

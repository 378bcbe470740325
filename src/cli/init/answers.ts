import { IANAZone } from 'luxon'
import { z } from 'zod'
import { PRESETS } from '../../core/evaluate/presets.ts'
import { ROLES } from '../../core/policy.ts'
import { allow, type Ruled } from '../../core/result.ts'
import { mailboxSchema } from './mailbox.ts'
import { readVendor } from './vendors.ts'
import { readWindow } from './windows.ts'

const spoken = z.string().superRefine((text, context) => {
  const read = readWindow(text)
  if (!read.ok) context.addIssue({ code: 'custom', message: read.refusal.text })
})

const vendor = z.string().superRefine((text, context) => {
  const read = readVendor(text)
  if (!read.ok) context.addIssue({ code: 'custom', message: read.refusal.text })
})

export const zone = z.string().refine((text) => IANAZone.isValidZone(text), { error: 'expected an IANA zone such as Europe/Berlin' })

const person = z.strictObject({
  name: z.string().trim().min(1),
  email: z.email('expected an e-mail address'),
  roles: z.array(z.enum(ROLES)).min(1),
  zone: zone.optional(),
  /** E-mail of whom they act for. */
  delegateOf: z.email('expected an e-mail address').optional(),
})

/** What `policy init` asks: today's practice. */
export const answersSchema = z.strictObject({
  organisation: z.string().trim().min(1),
  zone: zone.default('UTC'),
  preset: z.enum(PRESETS).default('chapter'),
  people: z.array(person).min(1),
  /** When computers may be changed, in words. */
  windows: z.array(spoken).min(1).default(['Tuesday to Thursday 22:00 for 2 hours']),
  /** Groups of hosts (classes of asset) with windows of their own. */
  groups: z.array(z.strictObject({ name: z.string().trim().min(1), window: spoken })).default([]),
  /** How updates get onto computers today, in words. */
  tools: z.string().trim().default('by hand'),
  vendors: z.array(vendor).default([]),
  /** Where vendors' notices arrive by mail; null: nowhere. */
  mailbox: mailboxSchema.nullable().default(null),
  /** Where people chat. The channels are named after the audiences unless they are given. */
  chat: z.enum(['web', 'slack', 'teams']).default('web'),
  channels: z
    .partialRecord(z.enum(['patch team', 'security', 'representatives', 'end users', 'management', 'admin']), z.string().min(1))
    .default({}),
  helpPlace: z.string().trim().min(1).default('the IT help desk'),
})

export type Answers = z.infer<typeof answersSchema>
export type NewPerson = Answers['people'][number]

/** One person as somebody types them: "Ana Ferreira <ana@example.com>", or the address alone. */
export function readPerson(text: string): Ruled<{ readonly name: string; readonly email: string }> {
  const [, named = '', address = ''] = /^\s*(.*?)\s*<\s*([^<>\s]+)\s*>\s*$/.exec(text) ?? [text, '', text.trim()]
  if (!z.email().safeParse(address).success)
    return {
      ok: false,
      refusal: {
        code: 'PERSON_UNREAD',
        text: `Expected a name and an address, such as Ana Ferreira <ana@example.com>; got "${text.trim()}".`,
      },
    }
  const name = named.replaceAll(/^["']|["']$/g, '') || (address.split('@')[0] ?? address)
  return allow({ name, email: address.toLowerCase() })
}

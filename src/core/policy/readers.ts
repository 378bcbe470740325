import { own } from '../own.ts'
import type { Audience, Role } from '../policy.ts'

const ACTING: readonly Role[] = ['patch-team', 'security', 'operations', 'manager', 'admin']

/** Roles that read the places of an audience, where we are the platform: on Slack or Teams a channel has members instead. */
const READERS: Readonly<Record<Audience, readonly Role[]>> = {
  'end users': [...ACTING, 'representative', 'end-user'],
  representatives: [...ACTING, 'representative'],
  'patch team': ACTING,
  management: ACTING,
  admin: ACTING,
  // Nobody else shall mistake a held document for a bulletin.
  security: ['security'],
}

/** May somebody with these roles read the places of this audience? Words that are no role give no right. */
export function mayRead(audience: string, roles: readonly string[]): boolean {
  const readers: readonly string[] = own(READERS, audience) ?? []
  return roles.some((role) => readers.includes(role))
}

/** Do they act in the cycle, or are they only told what concerns them? */
export const acts = (roles: readonly string[]): boolean => roles.some((role) => (ACTING as readonly string[]).includes(role))

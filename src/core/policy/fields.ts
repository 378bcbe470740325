import { z } from 'zod'

/** Deployment classes of the chapter's Table 2.3, most urgent first. */
export const CLASSES = ['critical', 'high', 'medium', 'low'] as const
export type ChangeClass = (typeof CLASSES)[number]

/** Roles of the process. `manager` signs the policy; `representative` passes announcements on to a department. */
export const ROLES = ['patch-team', 'security', 'operations', 'manager', 'representative', 'end-user', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Who a place is for. */
export const AUDIENCES = ['patch team', 'security', 'representatives', 'end users', 'management', 'admin'] as const
export type Audience = (typeof AUDIENCES)[number]

/** `ref` of a group: every account of the platform that is no guest. */
export const EVERYONE = 'everyone'

export const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and dashes')
export const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 22:00')
export const role = z.enum(ROLES)
export const hours = z.number().positive().nullable()

import { z } from 'zod'

/** What a server process of the benchmark is started with, as its only argument. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bare'), secret: z.string() }),
  z.strictObject({
    kind: z.literal('bot'),
    secret: z.string(),
    folder: z.string(),
    databaseUrl: z.string(),
    apiUrl: z.string(),
    channel: z.string(),
  }),
  z.strictObject({ kind: z.literal('bare teams'), peer: z.string() }),
  z.strictObject({ kind: z.literal('teams'), peer: z.string(), folder: z.string(), databaseUrl: z.string() }),
])
export type Order = z.infer<typeof orderSchema>

/** What a server process is asked. `clicks`: make so many changes that wait for a click; `collect`: what that left in memory. */
export type Question =
  | { readonly ask: 'cpu' }
  | { readonly ask: 'saved' }
  | { readonly ask: 'clicks'; readonly count: number }
  | { readonly ask: 'disturb'; readonly by: Disturbance }
  | { readonly ask: 'calm' }
  | { readonly ask: 'collect' }
  | { readonly ask: 'stop' }

export type Disturbance = 'rollout' | 'import'

/** Processor time so far, in microseconds, or the button values of the changes made, or how many steps the disturbance took. */
export type Told = number | readonly string[]

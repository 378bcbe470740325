import type { Unit } from '../house.ts'

/**
 * Until the transaction ends nobody else takes a document in, nor what is said of all documents. Two polls must not both find one document
 * new, two sources must not raise one another's bulletins at once, and no document must come between what is told and what is kept.
 */
export async function oneDocumentAtATime({ tx }: Unit): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(7331, hashtext('take a document'))`
}

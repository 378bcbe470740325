// Entry of the process that reads documents; started by reader.ts.
import { readDocument } from './read.ts'

interface Job {
  readonly id: number
  readonly source: string
  readonly bytes: Uint8Array
}

process.on('message', async (job: Job) => {
  process.send?.({ id: job.id, reading: await readDocument(job.source, job.bytes) })
})
// The bot says when it ends; Ctrl-C reaches the whole process group and must not look like a document that kills its reader.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => process.exit())

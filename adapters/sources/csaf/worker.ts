// Entry of the worker thread: the validator's import and large documents would stall the bot's main loop.
import { parentPort } from 'node:worker_threads'
import { readDocument } from './read.ts'

parentPort?.on('message', async (job: { readonly id: number; readonly source: string; readonly bytes: Uint8Array }) => {
  parentPort?.postMessage({ id: job.id, reading: await readDocument(job.source, job.bytes) })
})

// Entry of the process that reads large records and lists; started by reader.ts.
import { serve } from '../../reader.ts'
import { readList } from './list.ts'
import { readRecord } from './read.ts'
import type { OsvJob, OsvResult } from './reader.ts'

serve<OsvJob, OsvResult>((job) =>
  job.kind === 'list' ? { kind: 'list', reading: readList(job.bytes) } : { kind: 'record', parsed: readRecord(job.record) },
)

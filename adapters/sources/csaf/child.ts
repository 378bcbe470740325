// Entry of the process that reads documents; started by reader.ts.
import { serve } from '../../reader.ts'
import { readDocument } from './read.ts'
import type { Job } from './reader.ts'
import type { Reading } from './reading.ts'

serve<Job, Reading>(({ source, bytes, warnings }) => readDocument(source, bytes, warnings))

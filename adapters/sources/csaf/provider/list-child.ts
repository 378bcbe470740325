// Entry of the process that reads large lists; started by list-reader.ts.
import { serve } from '../../../reader.ts'
import { readList } from './list.ts'
import type { ListJob, ListReading } from './listed.ts'

serve<ListJob, ListReading>(readList)

// Entry of the process that reads months; started by reader.ts.
import { serve } from '../../reader.ts'
import { type MsrcJob, type MsrcResult, readMsrc } from './read.ts'

serve<MsrcJob, MsrcResult>(readMsrc)

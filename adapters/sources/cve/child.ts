// Entry of the process that reads CVE records; started by reader.ts.
import { serve } from '../../reader.ts'
import { type CveJob, type CveResult, readCve } from './read.ts'

serve<CveJob, CveResult>(readCve)

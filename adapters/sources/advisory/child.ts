// Entry of the process that reads lists and notices; started by reader.ts.
import { serve } from '../../reader.ts'
import { type AdvisoryJob, type AdvisoryResult, readAdvisory } from './read.ts'

serve<AdvisoryJob, AdvisoryResult>(readAdvisory)

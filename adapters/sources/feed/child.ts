// Entry of the process that reads feeds; started by reader.ts.
import { serve } from '../../reader.ts'
import type { FeedJob, FeedReading } from './item.ts'
import { readFeed } from './items.ts'

serve<FeedJob, FeedReading>(readFeed)

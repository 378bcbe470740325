import pino from 'pino'
import type { House } from '../../src/app/house.ts'
import { createMembers } from '../../src/app/people/members.ts'
import { offlineMails } from './mails.ts'
import { offlinePatchFiles } from './patch-files.ts'

/** What the use cases work with, and nothing beside it: no sources, no runners, no policy file, and a log that nobody reads. */
export const houseOn = (own: Pick<House, 'db' | 'write' | 'boss' | 'clock' | 'inForce'> & Partial<House>): House => ({
  log: pino({ level: 'silent' }),
  members: createMembers(own.clock),
  sources: new Map(),
  runners: new Map(),
  policyFile: null,
  formats: new Map(),
  mails: offlineMails,
  patchFiles: offlinePatchFiles,
  adopt: async () => undefined,
  ...own,
})

import { join } from 'node:path'
import { createChecker, createFolderSource } from '../../adapters/sources/csaf/index.ts'
import type { PolicyInForce } from '../app/house.ts'
import {
  arrivals,
  clockMover,
  openSample,
  SAMPLE_DATABASE,
  SAMPLE_FOLDER,
  type SampleClock,
  sampleClock,
  samplePolicy,
  seedSample,
} from '../app/sample.ts'
import type { Config } from '../config.ts'
import { Fault } from '../core/fault.ts'
import type { Setup, Undo } from './setup.ts'

/** The made-up organisation that ships: real bulletins that arrive by the plan of the sample, on a clock that can be moved. */
export async function sampleSetup(config: Config, policy: PolicyInForce | undefined, undo: Undo): Promise<Setup> {
  const inForce = policy ?? (await samplePolicy(SAMPLE_FOLDER))
  const sample = await openSample(SAMPLE_FOLDER, join(config.dataFolder, 'published'))
  const checker = createChecker()
  undo.push(() => checker.close())
  let clock: SampleClock | undefined
  return {
    sample: true,
    database: SAMPLE_DATABASE,
    inForce: async () => inForce,
    policyFile: null,
    clock: async (db) => {
      clock = await sampleClock(db, Date.now)
      return clock
    },
    sources: ({ sources }) =>
      sources
        .filter((rule) => rule.kind === 'csaf-folder')
        .map((rule) => ({
          ...createFolderSource({ id: rule.id, folder: sample.published }),
          check: (raw, now) => checker.checkDocument(raw, rule, sample.key, now),
        })),
    begin: (house) => seedSample(house, sample),
    arrive: (house, poll) => arrivals(house, sample, poll),
    moveClock: (house, settle) => {
      if (clock === undefined) throw new Fault('STATE_CORRUPT', 'expected the clock to be there before it is moved')
      return clockMover(house, clock, settle)
    },
  }
}

import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longest-first.ts'
import { seedOf } from './support/seed.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ALL = 'test/**/*.test.ts'

/** The test files that try what chance makes. */
const properties = (): string[] =>
  globSync(ALL, { cwd: ROOT }).filter((path) => readFileSync(`${ROOT}${path}`, 'utf8').includes('fast-check'))

export default defineConfig(({ mode }) => ({
  test: {
    root: ROOT,
    include: mode === 'thorough' ? properties() : [ALL],
    pool: 'forks',
    // By default one core is left out; most tests wait for a database or a browser.
    maxWorkers: '100%',
    // The files of a worker share its modules, which halves the time to load them: what a test changes of its process, it puts back.
    isolate: false,
    unstubEnvs: true,
    sequence: { sequencer: LongestFirst },
    // A whole walk takes a minute on a quiet machine; on a busy one it may take its time.
    testTimeout: mode === 'thorough' ? 600_000 : 300_000,
    hookTimeout: 300_000,
    // One embedded server for the whole run; every test file gets a database of its own.
    globalSetup: ['test/support/global-setup.ts'],
    provide: { seed: seedOf(process.env.PATCHCRIER_SEED, mode, Math.random) },
    setupFiles: ['test/support/seed-setup.ts'],
  },
}))

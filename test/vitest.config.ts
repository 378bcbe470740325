import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longest-first.ts'

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // By default one core is left out; most tests wait for a database or a browser.
    maxWorkers: '100%',
    // The files of a worker share its modules, which halves the time to load them: what a test changes of its process, it puts back.
    isolate: false,
    unstubEnvs: true,
    sequence: { sequencer: LongestFirst },
    // A whole walk takes a minute on a quiet machine; on a busy one it may take its time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One embedded server for the whole run; every test file gets a database of its own.
    globalSetup: ['test/support/global-setup.ts'],
  },
})

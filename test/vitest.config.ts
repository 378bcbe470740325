import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // By default one core is left out; most tests wait for a database or a browser.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One embedded server for the whole run; every test file gets a database of its own.
    globalSetup: ['test/support/global-setup.ts'],
  },
})

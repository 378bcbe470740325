import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
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
    testTimeout: mode === 'thorough' ? 600_000 : 120_000,
    hookTimeout: 120_000,
    // One embedded server for the whole run; every test file gets a database of its own.
    globalSetup: ['test/support/global-setup.ts'],
    provide: { seed: seedOf(process.env.PATCHCRIER_SEED, mode, Math.random) },
    setupFiles: ['test/support/seed-setup.ts'],
  },
}))

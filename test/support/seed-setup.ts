import fc from 'fast-check'
import { inject } from 'vitest'

// Runs before every test file. What a property brings itself (`numRuns`, say) is added to this and does not take its place.
fc.configureGlobal({ seed: inject('seed') })

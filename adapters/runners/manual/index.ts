import type { Runner } from '../../../src/ports.ts'

/**
 * People, or the hosts themselves, do the work and report through the door (`POST /api/rollouts/:id/reports`). There is nothing to
 * make ready, start or stop: the stored order and the card that shows it are the order. The door folds the reports as they come,
 * so there are none to fetch here; and every order is known, because a person can read it.
 */
export function manualRunner(): Runner {
  return {
    name: 'manual',
    rehearsal: false,
    stage: async () => {},
    start: async () => {},
    stop: async () => {},
    observe: async () => ({ known: true, reports: [] }),
  }
}

import { showInventory } from '../../inventory/summary.ts'
import { type Commands, show, TEAM } from './rule.ts'

export const FLEET: Commands = {
  inventory: {
    usage: 'inventory',
    what: 'which hosts there are, and which nobody looks after',
    roles: TEAM,
    run: async ({ house }) => show(await showInventory(house)),
  },
}

import { INVENTORY_A_PAGE, inventoryCard, inventoryLines } from '../../../cards/inventory.ts'
import { lastImports } from '../../inventory/import-row.ts'
import { readInventory } from '../../inventory/summary.ts'
import { askedPage } from '../pages.ts'
import { type Commands, show, TEAM } from './rule.ts'

export const FLEET: Commands = {
  inventory: {
    usage: 'inventory | inventory page 2',
    what: 'which hosts there are, and which nobody looks after',
    roles: TEAM,
    run: async ({ house, argument }) => {
      const summary = await readInventory(house)
      const page = askedPage(argument, 'inventory', INVENTORY_A_PAGE, inventoryLines(summary))
      return page.ok ? show(inventoryCard(summary, await lastImports(house.db, 3), page.value)) : page
    },
  },
}

import { HOSTS_A_PAGE, hostGroupCard, INVENTORY_A_PAGE, inventoryCard, inventoryLines } from '../../../cards/inventory.ts'
import { HOST_GROUPS, type HostGroup, hostsIn } from '../../../core/assess/inventory.ts'
import type { Outcome } from '../../../ports.ts'
import { lastImports } from '../../inventory/import-row.ts'
import { readHosts, readInventory } from '../../inventory/summary.ts'
import { askedPage } from '../pages.ts'
import { type Commands, show, TEAM, type Typed } from './rule.ts'

export const FLEET: Commands = {
  inventory: {
    usage: `inventory | inventory page 2 | inventory unmanaged`,
    what: `which hosts there are, and which nobody looks after; by name those ${HOST_GROUPS.join(', ')}`,
    roles: TEAM,
    run: (typed) => {
      const group = HOST_GROUPS.find((name) => typed.argument.toLowerCase().startsWith(name))
      return group === undefined ? inventory(typed) : hostsOf(typed, group)
    },
  },
}

async function inventory({ house, argument }: Typed): Promise<Outcome> {
  const summary = await readInventory(house)
  const page = askedPage(argument, 'inventory', INVENTORY_A_PAGE, inventoryLines(summary))
  return page.ok ? show(inventoryCard(summary, await lastImports(house.db, 3), page.value)) : page
}

async function hostsOf({ house, argument }: Typed, group: HostGroup): Promise<Outcome> {
  const hosts = hostsIn(group, await readHosts(house))
  const page = askedPage(argument.slice(group.length), `inventory ${group}`, HOSTS_A_PAGE, hosts.length)
  return page.ok ? show(hostGroupCard(group, hosts, page.value)) : page
}

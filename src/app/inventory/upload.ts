import type { ImportView } from '../../cards/inventory.ts'
import type { Role } from '../../core/policy.ts'
import { type Ruled, refuse } from '../../core/result.ts'
import type { InventoryUpload } from '../../ports.ts'
import type { House } from '../house.ts'
import { importInventory } from './import.ts'

/** Who says what the organisation has. */
const IMPORTERS: readonly Role[] = ['admin', 'patch-team', 'operations']

/** What a card calls a program that bears the token of reports. */
const PROGRAM = 'a program with the reports token'

/** A file that comes in by an adapter: only from people who may, or from a program that is trusted with reports. */
export async function takeUpload(house: House, { by, fileName, ...upload }: InventoryUpload): Promise<Ruled<ImportView>> {
  const person = house.inForce.policy.people.find((p) => p.id === by)
  if (by !== null && !person) return refuse('PERSON_UNKNOWN', 'You are not in the policy yet. Ask an admin to add you, with your role.')
  if (person && !person.roles.some((role) => IMPORTERS.includes(role)))
    return refuse('ROLE_MISSING', `To import an inventory you need the role ${IMPORTERS.join(' or ')}.`)
  return importInventory(house, { ...upload, fileName: tidy(fileName), by: person?.id ?? PROGRAM })
}

/** The name without its folders, on one line. */
function tidy(fileName: string): string {
  const name = fileName.split(/[\\/]/).at(-1) ?? ''
  return (
    name
      .replace(/[\p{Cc}\p{Bidi_Control}]/gu, '')
      .trim()
      .slice(0, 120) || 'inventory'
  )
}

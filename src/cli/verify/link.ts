import { addressChecks } from '../../core/identify/address.ts'
import type { Owned } from '../../core/identify/lookalike.ts'
import { confirmation } from '../../core/identify/sent.ts'
import type { Check } from '../../core/identify/verification.ts'
import { type Given, Misuse } from '../command.ts'
import { FACTS, tell } from './told.ts'

/** A link by itself. It is not followed: what stands there now need not stand there later. */
export async function verifyLink(given: Given, link: string): Promise<number> {
  const checks = linkChecks(link, [])
  if (!checks) throw new Misuse(`expected an address, got "${link.slice(0, 100)}"`)
  return tell(given, { ...FACTS, kind: 'link', name: link, checkedAt: new Date().toISOString(), checks }, null)
}

/** Nobody's bulletins are at hand here, so nothing confirms it. */
export const linkChecks = (link: string, owned: readonly Owned[]): readonly Check[] | null => {
  const checks = addressChecks(link, owned)
  return checks && [...checks, confirmation([])]
}

import { addressCard, heldWordsCard, verifiedCard } from '../../../cards/verify.ts'
import { readAddress } from '../../../core/identify/address.ts'
import type { Bulletin } from '../../../core/identify/bulletin.ts'
import type { Verification } from '../../../core/identify/verification.ts'
import type { Prisma } from '../../../db/database.ts'
import type { Outcome } from '../../../ports.ts'
import type { House } from '../../house.ts'
import { type Commands, literally, no, show, type Typed } from './rule.ts'

const EXAMPLE = 'For example `verify RHSA-2023:3408`, or the link that you were sent.'

/** Everybody may ask whether something is real: who is afraid of a forgery must not need a role first. */
export const VERIFY: Commands = {
  verify: { usage: 'verify RHSA-2023:3408 | verify LINK', what: 'is this bulletin or link real?', roles: [], run: verify },
}

async function verify({ house, argument }: Typed): Promise<Outcome> {
  const asked = argument.replace(/^<|>$/g, '').trim()
  if (asked === '') return no('ARGUMENT_NEEDED', `What shall be checked? ${EXAMPLE}`)
  const name: Prisma.BulletinWhereInput = { vendorId: { equals: literally(asked), mode: 'insensitive' } }
  const known = (await stored(house, name)) ?? (await stored(house, { document: { path: ['url'], equals: asked } }))
  if (known) return known
  const address = readAddress(asked, house.inForce.policy.sources)
  if (address) return show(addressCard(address))
  return no(
    'BULLETIN_UNKNOWN',
    `No bulletin is called "${asked.slice(0, 60)}", and it is no address. That proves nothing either way. ${EXAMPLE}`,
  )
}

/** The newest that was taken; a held one only says that it is held. */
async function stored(house: House, which: Prisma.BulletinWhereInput): Promise<Outcome | null> {
  const row = await house.db.bulletin.findFirst({
    where: { ...which, origin: { not: 'held' } },
    orderBy: [{ current: 'desc' }, { id: 'desc' }],
  })
  if (!row) {
    const held = await house.db.bulletin.findFirst({ where: { ...which, origin: 'held' } })
    return held ? show(heldWordsCard(held.vendorId)) : null
  }
  return show(
    verifiedCard({
      rowId: row.id,
      vendorId: row.vendorId,
      revision: row.revision,
      title: (row.document as unknown as Bulletin | null)?.title ?? row.fileName,
      source: house.inForce.policy.sources.find((s) => s.id === row.source)?.name ?? row.source,
      verification: row.verification as unknown as Verification,
      changeId: row.changeId,
    }),
  )
}

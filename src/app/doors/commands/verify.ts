import { heldWordsCard, verifiedCard } from '../../../cards/verify.ts'
import { linksIn } from '../../../core/identify/address.ts'
import type { Bulletin } from '../../../core/identify/bulletin.ts'
import { asksProtectionOff } from '../../../core/identify/protection.ts'
import type { Verification } from '../../../core/identify/verification.ts'
import type { Prisma } from '../../../db/database.ts'
import type { Outcome } from '../../../ports.ts'
import { answerDoubtOf } from '../../doubt/answer.ts'
import { BOGUS_DRILLERS } from '../../doubt/bogus-drill.ts'
import type { House } from '../../house.ts'
import { type Commands, literally, no, show, type Typed } from './rule.ts'

const EXAMPLE = 'For example `verify RHSA-2023:3408`, or the link that you were sent.'

/** Everybody may ask whether something is real: who is afraid of a forgery must not need a role first. */
export const VERIFY: Commands = {
  verify: { usage: 'verify RHSA-2023:3408 | verify LINK', what: 'is this bulletin, link or message real?', roles: [], run: verify },
  'bogus-drill': {
    usage: 'bogus-drill',
    what: 'post a harmless bogus notice to the end users, and see who asks',
    roles: BOGUS_DRILLERS,
    run: ({ intent, act }) => act({ ...intent, verb: 'start-bogus-drill', subject: '', inputs: {} }),
  },
}

async function verify({ house, argument, actor, intent }: Typed): Promise<Outcome> {
  const asked = argument.replace(/^<|>$/g, '').trim()
  if (asked === '') return no('ARGUMENT_NEEDED', `What shall be checked? ${EXAMPLE}`)
  const known = await storedBulletin(house, asked)
  if (known) return known
  const links = linksOf(asked)
  // A few harmless words are meant for a number that nobody has; more of them are a message.
  if (links.length === 0 && asked.length <= 60 && asksProtectionOff(asked) === null)
    return no('BULLETIN_UNKNOWN', `No bulletin is called "${asked}", and it is no address. That proves nothing either way. ${EXAMPLE}`)
  return answerDoubtOf(house, actor, { actor: actor.id, place: intent.place, words: asked, links, files: [] })
}

/** What was typed may be an address without `https://` before it. */
const linksOf = (asked: string): readonly string[] => (/^[^\s/@:]+\.[a-z][^\s]*$/i.test(asked) ? [asked] : linksIn(asked))

/** The bulletin of this number or address, the newest that was taken; a held one only says that it is held. Null: there is none. */
export async function storedBulletin(house: House, asked: string): Promise<Outcome | null> {
  const name: Prisma.BulletinWhereInput = { vendorId: { equals: literally(asked), mode: 'insensitive' } }
  return (await stored(house, name)) ?? (await stored(house, { document: { path: ['url'], equals: asked } }))
}

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

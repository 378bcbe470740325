import { doubtCard } from '../../cards/doubt.ts'
import { bogusDrillIn } from '../../core/identify/bogus-drill.ts'
import { idsIn, type Judged, worstFirst } from '../../core/identify/sent.ts'
import type { Person } from '../../core/policy.ts'
import type { Doubt, Outcome } from '../../ports.ts'
import { type House, transact } from '../house.ts'
import { reportBogusDrill } from './bogus-drill.ts'
import { countDoubt, fingerprintOf } from './count.ts'
import { judgeAll } from './judge.ts'
import { knownByIds } from './known.ts'
import { WARNERS } from './warn.ts'

/** Is what somebody was sent real? One private card; a forgery is counted and told to security before it is answered. */
export async function answerDoubtOf(house: House, actor: Person, doubt: Doubt): Promise<Outcome> {
  const { words } = doubt
  const drill = bogusDrillIn(words)
  if (drill !== null && (await house.db.bogusDrill.count({ where: { id: drill } })) > 0)
    return transact(house, (unit) => reportBogusDrill(unit, drill, actor))
  const judged = worstFirst(await judgeAll(house, doubt))
  const named = await knownByIds(house, idsIn(words))
  const lead = leading(judged)
  const counted = lead && (await transact(house, (unit) => countDoubt(unit, actor.id, fingerprintOf(lead), lead)))
  const card = doubtCard({
    id: counted?.id ?? null,
    judged: lead ? [lead, ...judged.filter((one) => one !== lead)] : [],
    named,
    mayWarn: actor.roles.some((role) => WARNERS.includes(role)),
    warned: counted?.warned ?? false,
    helpPlace: house.inForce.policy.helpPlace,
  })
  return { ok: true, cards: [card] }
}

/** The worst; harmless words beside a thing that was judged say nothing of it. */
const leading = (judged: readonly Judged[]): Judged | undefined =>
  judged.find((one) => one.kind !== 'words' || one.verdict === 'BOGUS') ?? judged[0]

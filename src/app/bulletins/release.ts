import type { Act } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { SAYS_NOTHING } from '../../core/identify/sections.ts'
import { storyOf } from '../../core/identify/story.ts'
import { type CheckName, type Verification, verdictOf } from '../../core/identify/verification.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { json } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { touchSubject } from '../chat/redraws.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { decideFor } from './held.ts'
import { factsOf, openChange } from './open-change.ts'

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/** Signed by the pinned key and whole, but no document that its standard allows. */
export const isGenuineButMalformed = ({ reason }: Pick<Verification, 'reason'>): boolean => reason === 'HELD: genuine, but malformed'

/** What is read of a row that is to be released. */
interface Stored {
  readonly id: number
  readonly source: string
  readonly fileName: string
  readonly verification: Verification
  readonly origin: string
  readonly current: boolean
  readonly verdict: string
  readonly discarded: unknown
}

/**
 * Security lets a genuine but malformed document through. Nothing of what it says is used, because nothing of it validated: the change
 * has its name and no hosts, a person has to vouch for it and to say what is affected.
 */
export async function release(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['bulletin'])
  if (!subject.ok) return subject
  if (!actor.roles.includes('security')) return no('ROLE_MISSING', 'Only security decides on a held bulletin.')
  const reason = (intent.inputs.reason ?? '').trim().slice(0, 500)
  if (reason === '') return no('REASON_NEEDED', 'Please say why it may be used in spite of that: an auditor will ask.', 'reason')
  const rows = await unit.tx.$queryRaw<Stored[]>`
    SELECT "id", "source", "fileName", "verification", "origin", "current", "verdict", "discarded" FROM "Bulletin" WHERE "id" = ${subject.value.number} FOR UPDATE`
  const [row] = rows
  if (row?.discarded) return no('ALREADY_DONE', 'Security has decided otherwise already. Please look at the card again.')
  const act = { by: actor.id, at: unit.now.toISOString(), reason }
  if (row?.current && row.verdict === 'QUARANTINED') return releaseContradicted(unit, row, intent, actor, act)
  if (row?.origin !== 'held') return no('ALREADY_DONE', 'It is not held any more.')
  if (!isGenuineButMalformed(row.verification))
    return no(
      'NOT_GENUINE',
      `Only a genuine document that is merely malformed can be released; this one is held because ${row.verification.reason}.`,
    )
  const document = unread(row.source, row.fileName, unit.now.toISOString())
  await unit.tx.bulletin.update({
    where: { id: row.id },
    data: {
      document: json(document),
      story: storyOf(document),
      vendorId: document.vendorId,
      verdict: 'UNCONFIRMED',
      verification: json(
        releasedAs(row.verification, 'schema', `Genuine, but malformed; released by ${actor.name}: ${reason}`, actor.name),
      ),
      released: json(act),
      origin: 'released',
      current: true,
      said: json({ ...act, builds: [] }),
    },
  })
  await decideFor(unit, row.id, { goesOn: true, reason, actor })
  await openChange(unit, row.id)
  await touchSubject(unit.tx, intent.subject)
  unit.audit({ actor: actor.id, action: 'release', subject: intent.subject, detail: { reason } })
  return { ok: true, cards: [] }
}

/**
 * An independent origin contradicts what a change rests on, and security says why it may be used in spite of that: it is as good as
 * unconfirmed again, and what was held because of it waits for its quorum only.
 */
async function releaseContradicted(unit: Unit, row: Stored, intent: Intent, actor: Person, act: Act): Promise<Outcome> {
  const reason = `Contradicted; released by ${actor.name}: ${act.reason}`
  const verification = releasedAs(row.verification, 'corroboration', reason, actor.name)
  const { verdict } = verification
  await unit.tx.bulletin.update({ where: { id: row.id }, data: { verdict, verification: json(verification), released: json(act) } })
  const change = await decideFor(unit, row.id, { goesOn: true, reason: act.reason ?? '', actor })
  const facts = await factsOf(unit, row.id)
  if (change) await runCommand(unit, change, { kind: 'revise', bulletin: facts, hosts: change.hosts, differences: [] }, null)
  await touchSubject(unit.tx, intent.subject)
  unit.audit({ actor: actor.id, action: 'release', subject: intent.subject, detail: { reason: act.reason } })
  return { ok: true, cards: [] }
}

/** The check did not pass, and a person has said why that may be so: it counts for nothing from now on, and fails nothing. */
function releasedAs(verification: Verification, check: CheckName, reason: string, by: string): Verification {
  const checks = verification.checks.map((c) =>
    c.name === check ? { ...c, outcome: 'unavailable' as const, evidence: `${c.evidence} Released by ${by}.` } : c,
  )
  return { ...verification, verdict: verdictOf(checks), checks, reason }
}

const unread = (source: string, fileName: string, at: string): Bulletin => ({
  source,
  vendorId: fileName.replace(/\.json$/, ''),
  revision: '1',
  title: `${fileName}: genuine, but malformed`,
  publisher: { name: 'not read', namespace: '', category: '' },
  publishedAt: at,
  updatedAt: at,
  severity: 'none',
  updateType: 'security patch',
  vulnerabilities: [],
  fixed: [],
  unfixed: [],
  names: [],
  restart: 'none stated',
  sections: SAYS_NOTHING,
})

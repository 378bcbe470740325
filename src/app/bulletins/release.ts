import type { Bulletin } from '../../core/identify/bulletin.ts'
import { SAYS_NOTHING } from '../../core/identify/sections.ts'
import { storyOf } from '../../core/identify/story.ts'
import { type Verification, verdictOf } from '../../core/identify/verification.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { json } from '../change/rows.ts'
import { touchSubject } from '../chat/posts.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { openChange } from './open-change.ts'

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/** Signed by the pinned key and whole, but no document that its standard allows. */
export const isGenuineButMalformed = ({ reason }: Pick<Verification, 'reason'>): boolean => reason === 'HELD: genuine, but malformed'

/**
 * Security lets a genuine but malformed document through. Nothing of what it says is used, because nothing of it validated: the change
 * has its name and no hosts, a person has to vouch for it and to say what is affected.
 */
export async function release(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['bulletin'])
  if (!subject.ok) return subject
  if (!actor.roles.includes('security')) return no('ROLE_MISSING', 'Only security decides on a held bulletin.')
  const reason = (intent.inputs.reason ?? '').trim().slice(0, 500)
  if (reason === '') return no('REASON_NEEDED', 'Please say why it may be used although it is malformed: an auditor will ask.', 'reason')
  const rows = await unit.tx.$queryRaw<{ id: number; source: string; fileName: string; verification: Verification; origin: string }[]>`
    SELECT "id", "source", "fileName", "verification", "origin" FROM "Bulletin" WHERE "id" = ${subject.value.number} FOR UPDATE`
  const [row] = rows
  if (row?.origin !== 'held') return no('ALREADY_DONE', 'It is not held any more.')
  if (!isGenuineButMalformed(row.verification))
    return no(
      'NOT_GENUINE',
      `Only a genuine document that is merely malformed can be released; this one is held because ${row.verification.reason}.`,
    )
  const document = unread(row.source, row.fileName, unit.now.toISOString())
  const released = { by: actor.id, at: unit.now.toISOString(), reason }
  await unit.tx.bulletin.update({
    where: { id: row.id },
    data: {
      document: json(document),
      story: storyOf(document),
      vendorId: document.vendorId,
      verdict: 'UNCONFIRMED',
      verification: json(releasedAs(row.verification, actor.name, reason)),
      origin: 'released',
      current: true,
      said: json({ ...released, builds: [] }),
    },
  })
  await openChange(unit, row.id)
  await touchSubject(unit.tx, intent.subject)
  unit.audit({ actor: actor.id, action: 'release', subject: intent.subject, detail: { reason } })
  return { ok: true, cards: [] }
}

/** The schema check did not pass, and a person has said why that may be so: it counts for nothing from now on, and fails nothing. */
function releasedAs(verification: Verification, by: string, reason: string): Verification {
  const checks = verification.checks.map((c) =>
    c.name === 'schema' ? { ...c, outcome: 'unavailable' as const, evidence: `${c.evidence} Released by ${by}: ${reason}` } : c,
  )
  return { ...verification, verdict: verdictOf(checks), checks, reason: `Genuine, but malformed; released by ${by}: ${reason}` }
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

import { type AffectedHost, affectedHosts } from '../../core/assess/affected.ts'
import type { Asset } from '../../core/assess/asset.ts'
import { canonicalJson, sha256Hex } from '../../core/canonical.ts'
import { freshChange } from '../../core/change/fresh.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import type { Verification } from '../../core/identify/verification.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'
import { factsOf } from '../bulletins/open-change.ts'
import { show } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { changeSubject, json } from './rows.ts'

/** Hosts that a drill pretends to be about: enough for rings, few enough to be read. */
const HOSTS = 5
const PRETENDED = 'Pretended for a drill: nothing was published, and no computer has it'

/**
 * Starts a drill: a critical change about a pretended bulletin and a package that exists nowhere, on a few real hosts. People take
 * it up to the decision; there it ends, before anything is announced or ordered. Answers its number.
 */
export async function startDrill(unit: Unit, by: string): Promise<Ruled<number>> {
  const hosts = await pretendHosts(unit)
  if (hosts.length === 0) return refuse('NO_HOSTS', 'The inventory has no managed host that the drill could be about.')
  const { id } = await unit.tx.change.create({ data: { phase: 'alerted', state: {}, createdAt: unit.now } })
  const document = pretendBulletin(id, unit.now.toISOString())
  const rowId = await storeBulletin(unit, id, document)
  const at = unit.now.toISOString()
  const state = { ...freshChange(id, at, await factsOf(unit, rowId), hosts), drill: { by, at } }
  await unit.tx.change.update({ where: { id }, data: { state: json(state) } })
  await show(unit, 'patch team', changeSubject(id), 'alert')
  unit.audit({ actor: by, action: 'start-drill', subject: changeSubject(id), detail: { hosts: hosts.map((h) => h.host) } })
  return allow(id)
}

async function pretendHosts(unit: Unit): Promise<readonly AffectedHost[]> {
  const rows = await unit.tx.asset.findMany({ orderBy: { host: 'asc' } })
  const assets = rows
    .map(
      (row): Asset => ({
        ...(row.data as unknown as Omit<Asset, 'installs' | 'lastSeen'>),
        lastSeen: row.lastSeen.toISOString(),
        installs: [],
      }),
    )
    .filter((a) => a.managed && a.ownership === 'company')
    .sort((a, b) => Number(b.patchTeam) - Number(a.patchTeam))
    .slice(0, HOSTS)
  const matches = assets.map(({ host }) => ({
    host,
    product: 'drill-exercise',
    arch: 'noarch',
    stream: 'drill',
    installed: '0:1-1',
    fixed: '0:2-1',
    status: 'affected' as const,
    rule: PRETENDED,
  }))
  return affectedHosts(matches, assets, unit.now, unit.house.inForce.policy.staleAfterDays)
}

function pretendBulletin(id: number, now: string): Bulletin {
  const said = 'This is an exercise. There is no hole, no patch and no vendor.'
  return {
    source: 'drill',
    vendorId: `DRILL-${id}`,
    revision: '1',
    title: 'DRILL: critical hole in drill-exercise (pretended)',
    publisher: { name: 'Patchcrier drill', namespace: 'https://drill.patchcrier.invalid', category: 'other' },
    publishedAt: now,
    updatedAt: now,
    severity: 'critical',
    updateType: 'security patch',
    vulnerabilities: [],
    fixed: [],
    unfixed: [],
    names: [],
    restart: 'services',
    sections: {
      summary: { maximumSeverity: 'Critical (pretended)', impact: said, affectedSoftware: 'drill-exercise', recommendation: said },
      technicalDetails: { text: said, mitigatingFactors: '' },
      workarounds: '',
      faq: '',
      patchInformation: { prerequisites: '', deployment: '', restart: '', removal: '', files: '', verification: '' },
      knowledgeBase: [],
    },
  }
}

async function storeBulletin(unit: Unit, changeId: number, document: Bulletin): Promise<number> {
  const raw = canonicalJson(document)
  const verification: Verification = { verdict: 'CORROBORATED', checks: [], reason: PRETENDED, checkedAt: unit.now.toISOString() }
  const row = await unit.tx.bulletin.create({
    data: {
      source: document.source,
      fileName: `${document.vendorId.toLowerCase()}.json`,
      digest: sha256Hex(raw),
      vendorId: document.vendorId,
      revision: document.revision,
      updatedAt: unit.now,
      raw: new TextEncoder().encode(raw),
      document: json(document),
      verdict: verification.verdict,
      verification: json(verification),
      current: true,
      origin: 'drill',
      seenAt: unit.now,
      changeId,
    },
  })
  return row.id
}

import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { HostReport } from '../../src/ports.ts'
import { type Answer, RequestError } from './answer.ts'
import { complaint, parse, readJson } from './request.ts'
import { checkReportsToken } from './tokens.ts'
import type { Web } from './web.ts'

const reportsBody = z.strictObject({ reports: z.array(z.unknown()).min(1).max(2000) })

const report = z
  .strictObject({
    host: z.string().min(1).max(253),
    step: z.enum(['arrived', 'attempted', 'installed', 'failed', 'rolled back', 'verified']),
    at: z.iso.datetime({ offset: true }),
    cause: z.string().max(500).optional(),
    version: z.string().max(200).optional(),
  })
  .transform(
    ({ host, step, at, cause, version }): HostReport => ({
      host,
      step,
      at: new Date(at).toISOString(),
      ...(cause === undefined ? {} : { cause }),
      ...(version === undefined ? {} : { version }),
    }),
  )

interface Read {
  readonly index: number
  readonly report: HostReport
}

/** Reports of hosts. A bad one is refused by its index; the others count. */
export async function postReports(web: Web, request: IncomingMessage, id: string): Promise<Answer> {
  checkReportsToken(request, web.tokens)
  const { reports } = parse(reportsBody, await readJson(request))
  const parsed = reports.map((one) => report.safeParse(one, { reportInput: true }))
  const good: Read[] = parsed.flatMap((one, index) => (one.success ? [{ index, report: one.data }] : []))
  const bad = parsed.flatMap((one, index) => (one.success ? [] : [{ index, reason: complaint(one.error) }]))
  const answer = await web.doors.report(
    changeId(id),
    good.map((one) => one.report),
  )
  if (!answer.known) throw unknownRollout(id)
  const refused = answer.refused.map(({ index, reason }) => ({ index: good[index]?.index ?? index, reason }))
  return { status: 202, body: { accepted: answer.accepted, refused: [...bad, ...refused].sort((a, b) => a.index - b.index) } }
}

function changeId(id: string): number {
  if (!/^\d{1,9}$/.test(id)) throw unknownRollout(id)
  return Number(id)
}

function unknownRollout(id: string): RequestError {
  return new RequestError(404, 'NOT_FOUND', `There is no rollout of change ${JSON.stringify(id.slice(0, 80))}.`)
}

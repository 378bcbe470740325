import { note, quiet, textBlock } from '../../cards/words.ts'
import { show } from '../chat/show.ts'
import type { Unit } from '../house.ts'

/** The chain alone cannot see that its last record is gone: its head is kept where the database cannot reach it. */
export async function postAuditHead(unit: Unit, subject: string): Promise<void> {
  const head = await unit.tx.auditRecord.findFirst({ orderBy: { seq: 'desc' } })
  const text = head ? `${head.seq}:${head.hash}` : '0:none'
  const card = note(
    'Audit head of the day',
    'neutral',
    textBlock(text),
    quiet('Check it with: npm run -s patchcrier -- audit verify --head ', text),
  )
  await show(unit, 'admin', subject, 'head', { frozen: card })
}

import { UNDECIDED } from '../../core/change/decide-join.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Tx } from '../../db/database.ts'

/**
 * A change is decided, or open again: alerts that offer to take it over, or could offer it now, are drawn anew. Later changes cover earlier
 * ones, so the alerts of later ones are meant.
 */
export async function touchCovering(tx: Tx, before: ChangeState, after: ChangeState): Promise<void> {
  const [was, is] = [UNDECIDED.includes(before.phase), UNDECIDED.includes(after.phase)]
  if (was === is) return
  await tx.$executeRaw`
    INSERT INTO "Redraw" (subject)
    SELECT DISTINCT subject FROM "Post"
    WHERE purpose = 'alert' AND subject ~ '^change:[0-9]+$' AND split_part(subject, ':', 2)::int > ${after.id}
      AND (${is} OR card -> 'actions' @> '[{"verb": "supersede"}]'::jsonb)`
}

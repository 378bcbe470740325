import type { AckFn, ViewResponseAction } from '@slack/bolt'
import { draftOf, errorsAt, inputsOf } from '../../../src/cards/block-kit/sent.ts'
import { inTime } from '../../chat/soon.ts'
import { perform, wantedOf } from '../../chat/visit.ts'
import { type Receiving, visitOf, type Where } from './act.ts'
import { showHome } from './home.ts'
import { modalMemory, submitPayload } from './payload.ts'
import { privately, tell } from './tell.ts'

/** A modal that was sent. A refusal is shown at its field and the modal stays open, with what was typed. */
export async function onSubmit(on: Receiving, body: unknown, ack: AckFn<ViewResponseAction>): Promise<void> {
  const { user, trigger_id, view } = submitPayload.parse(body)
  const { button, channel, thread } = modalMemory.parse(JSON.parse(view.private_metadata))
  const where: Where = { channel, thread, user: user.id }
  const work = perform(on, visitOf(on, where, trigger_id, view.id), wantedOf(button, inputsOf(view)))
  const early = await inTime(work)
  const errors = early === 'late' || early.ok ? null : errorsAt(view, early.refusal.text, early.field)
  if (errors) return ack({ response_action: 'errors', errors })
  await ack()
  await tell(on, await work, privately(on, where), early === 'late' ? draftOf(view) : [])
  if (where.channel === null) await showHome(on, where.user)
}

import type { AckFn, ViewResponseAction } from '@slack/bolt'
import type { Block } from '../../../src/cards/card.ts'
import { shorten } from '../../../src/cards/text.ts'
import type { Outcome } from '../../../src/ports.ts'
import { inTime } from '../../chat/soon.ts'
import { perform, wantedOf } from '../../chat/visit.ts'
import { LIMITS } from '../render/limits.ts'
import { inputsOf, modalMemory } from '../render/modal.ts'
import { type Receiving, visitOf, type Where } from './act.ts'
import { showHome } from './home.ts'
import { type Submit, submitPayload } from './payload.ts'
import { privately, tell } from './tell.ts'

/** A modal that was sent. A refusal is shown at its field and the modal stays open, with what was typed. */
export async function onSubmit(on: Receiving, body: unknown, ack: AckFn<ViewResponseAction>): Promise<void> {
  const submit = submitPayload.parse(body)
  const memory = modalMemory.parse(JSON.parse(submit.view.private_metadata))
  const where: Where = { channel: memory.channel, thread: memory.thread, user: submit.user.id }
  const visit = visitOf(on, where, submit.trigger_id, submit.view.id)
  const work = perform(on, visit, wantedOf(memory.button, inputsOf(submit.view.state.values)))
  const early = await inTime(work)
  const errors = early === 'late' ? null : fieldErrors(early, submit)
  if (errors) return ack({ response_action: 'errors', errors })
  await ack()
  await tell(on, await work, privately(on, where), early === 'late' ? draftOf(submit) : [])
  if (where.channel === null) await showHome(on, where.user)
}

/** A refusal of a form is shown at its field, or else at the first one, so that what was typed stays. Null: nothing to show there. */
function fieldErrors(outcome: Outcome, submit: Submit): Record<string, string> | null {
  if (outcome.ok) return null
  const fields = submit.view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id)
  const field = fields.find((id) => id === outcome.field) ?? fields[0]
  return field === undefined ? null : { [field]: shorten(outcome.refusal.text, LIMITS.errorText) }
}

/** When the modal had to be closed before the no, what was typed comes with it. */
function draftOf(submit: Submit): readonly Block[] {
  const labels = new Map(submit.view.blocks.map((block) => [block.block_id, block.label?.text]))
  const typed = Object.entries(inputsOf(submit.view.state.values)).map(([id, value]) => ({ label: labels.get(id) ?? id, value: [value] }))
  return typed.length === 0
    ? []
    : [
        { kind: 'heading', text: 'You had written' },
        { kind: 'facts', facts: typed },
      ]
}

import type { Block } from '../card.ts'
import { draftOf } from '../refused.ts'
import { shorten } from '../text.ts'
import { LIMITS } from './limits.ts'
import { INPUT } from './modal.ts'

interface Typed {
  readonly value?: string | null | undefined
  readonly selected_option?: { readonly value: string } | null | undefined
}

/** A modal as it comes back: Slack's `view`. Only inputs have a block id of ours. */
export interface SentModal {
  readonly blocks: readonly {
    readonly type: string
    readonly block_id?: string | undefined
    readonly label?: { readonly text: string } | undefined
  }[]
  readonly state: { readonly values: Readonly<Record<string, Readonly<Record<string, Typed>>>> }
}

/** What was typed and chosen, by field id; fields left empty are absent. */
export function inputsOf({ state }: Pick<SentModal, 'state'>): Record<string, string> {
  const inputs = new Map<string, string>()
  for (const [field, elements] of Object.entries(state.values)) {
    const value = elements[INPUT]?.value ?? elements[INPUT]?.selected_option?.value
    if (value !== undefined && value !== '') inputs.set(field, value)
  }
  return Object.fromEntries(inputs)
}

/** What is wrong is shown at its field, or else at the first one, so that what was typed stays. Null: there is no field to show it at. */
export function errorsAt(modal: SentModal, text: string, about: string | undefined): Record<string, string> | null {
  const fields = modal.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id)
  const field = fields.find((id) => id === about) ?? fields[0]
  return field === undefined ? null : { [field]: shorten(text, LIMITS.errorText) }
}

/** What was typed into the modal, by the labels that stood there. */
export function draftIn(modal: SentModal): readonly Block[] {
  const labels = new Map(modal.blocks.map(({ block_id, label }) => [block_id, label?.text]))
  return draftOf(Object.entries(inputsOf(modal)).map(([id, value]) => [labels.get(id) ?? id, value]))
}

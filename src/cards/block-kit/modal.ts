import type { ButtonValue } from '../../core/intent.ts'
import type { Field, Form } from '../card.ts'
import { plainText, shorten } from '../text.ts'
import type { Context, Input, ModalView, Select, TextInput } from './json.ts'
import { LIMITS } from './limits.ts'
import { budgetOf, inline, plain, richText, section } from './rich.ts'

/** Names our modals among others'. */
export const MODAL = 'patchcrier_form'
/** Names the one input of each block. */
export const INPUT = 'input'

/** What the modal must remember until it is sent: whose button it was and where. Slack hands it back signed, unchanged. */
export interface ModalMemory {
  readonly button: ButtonValue
  /** Null: the bot's own page. */
  readonly channel: string | null
  readonly thread?: string | undefined
}

/** A form as a Slack modal. Each field is a block of its own with the field's id, so that an error can be shown beside it. */
export function renderForm(form: Form, memory: ModalMemory): ModalView {
  const intro = form.intro === undefined ? [] : [richText(section(inline([form.intro], budgetOf(LIMITS.sectionCharacters))))]
  return {
    type: 'modal',
    callback_id: MODAL,
    private_metadata: JSON.stringify(memory),
    title: plain(form.title, LIMITS.viewTitle),
    submit: plain(form.submit, LIMITS.viewTitle),
    close: plain('Cancel', LIMITS.viewTitle),
    blocks: [...intro, ...form.fields.slice(0, LIMITS.viewBlocks - intro.length).map(input)],
  }
}

function input(field: Field): Input | Context {
  const element = field.kind === 'text' ? textInput(field) : choice(field)
  if (element === null) return { type: 'context', elements: [plain(`${field.label}: nothing to choose from`, LIMITS.contextText)] }
  const hint = field.kind === 'text' && field.hint !== undefined ? { hint: plain(field.hint, LIMITS.inputHint) } : {}
  const label = plain(field.label, LIMITS.inputLabel)
  return { type: 'input', block_id: field.id.slice(0, LIMITS.blockId), label, optional: !field.required, element, ...hint }
}

function textInput(field: Extract<Field, { kind: 'text' }>): TextInput {
  const max = Math.min(Math.max(1, field.maxLength), LIMITS.inputCharacters)
  const value = field.value === undefined ? '' : shorten(plainText(field.value), max)
  return {
    type: 'plain_text_input',
    action_id: INPUT,
    multiline: field.multiline,
    max_length: max,
    ...(value === '' ? {} : { initial_value: value }),
  }
}

/** Null when nothing can be chosen: Slack refuses a list without options. A value that is too long cannot be shortened: it would be another. */
function choice(field: Extract<Field, { kind: 'choice' }>): Select | null {
  const options = field.options
    .filter((option) => option.value !== '' && option.value.length <= LIMITS.optionValue)
    .slice(0, LIMITS.options)
    .map((option) => ({ text: plain(option.label, LIMITS.optionText), value: option.value }))
  const chosen = options.find((option) => option.value === field.value)
  if (options.length === 0) return null
  return { type: 'static_select', action_id: INPUT, options, ...(chosen ? { initial_option: chosen } : {}) }
}

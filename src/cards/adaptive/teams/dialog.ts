import type { ButtonValue } from '../../../core/intent.ts'
import { own } from '../../../core/own.ts'
import { type AdaptiveCardJson, fieldOf, formBody } from '../../adaptive.ts'
import type { Field, Form } from '../../card.ts'
import { shortForm } from '../../fit/lengths.ts'
import { plainLine, shorten } from '../../text.ts'
import type { TeamsCard } from './card.ts'
import { ADAPTIVE } from './in-place.ts'
import { LIMITS } from './limits.ts'

/** What a dialog shows: `task` of the answer to a task module invoke. */
export type Task =
  | { readonly type: 'message'; readonly value: string }
  | {
      readonly type: 'continue'
      readonly value: { readonly title: string; readonly height: string; readonly width: string; readonly card: object }
    }

type Element = AdaptiveCardJson['body'][number]

export interface Said {
  /** By field. */
  readonly typed: Readonly<Record<string, string>>
  readonly error: { readonly text: string; readonly field: string | undefined } | null
}

export const sayIn = (text: string): Task => ({ type: 'message', value: shorten(plainLine(text), LIMITS.toast) })

/** A form as a dialog, with what was typed before and what is wrong with it, at its field. */
export function formIn(form: Form, button: ButtonValue, { typed, error }: Said): Task {
  const fields = form.fields.map(
    (field): Field => ({ ...field, ...(own(typed, field.id) === undefined ? {} : { value: own(typed, field.id) }) }) as Field,
  )
  const body = withMistake(formBody(shortForm({ ...form, fields }, LIMITS), 0), error)
  const submit = { type: 'Action.Submit', title: plainLine(form.submit) || 'Send', data: button }
  return framed(form.title, { type: 'AdaptiveCard', version: '1.5', body, actions: [submit] })
}

/** At its field, or above them all where it is about none of them. */
function withMistake(body: readonly Element[], error: Said['error']): readonly object[] {
  if (error === null) return body
  const at = body.findIndex((element) => 'label' in element && fieldOf(element.id) === error.field)
  return [...body.slice(0, at + 1), mistake(error.text), ...body.slice(at + 1)]
}

const mistake = (text: string) => ({
  type: 'RichTextBlock',
  spacing: 'small',
  inlines: [{ type: 'TextRun', text: shorten(plainLine(text), LIMITS.toast), color: 'attention', weight: 'bolder' }],
})

/** A card or a form in its dialog. */
export function framed(title: string, content: TeamsCard): Task {
  const short = shorten(plainLine(title), LIMITS.dialogTitle)
  return { type: 'continue', value: { title: short, height: 'medium', width: 'medium', card: { contentType: ADAPTIVE, content } } }
}

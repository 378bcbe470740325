import type { Action, Field, Form } from '../card.ts'
import { plainLine } from '../text.ts'
import type { ActionJson, ActionSet, ActionStyle, Element, Execute, InputChoiceSet, InputText } from './json.ts'
import { rich, textElements } from './text.ts'

/** Most buttons in one row that every host shows (Teams 6, Microsoft's renderer 5 by default). */
export const BUTTONS_PER_ROW = 5

/** Buttons in rows that no host cuts off. */
export function inChunks(actions: readonly ActionJson[]): ActionSet[] {
  const count = Math.ceil(actions.length / BUTTONS_PER_ROW)
  return Array.from({ length: count }, (_, index) => ({
    type: 'ActionSet',
    actions: actions.slice(index * BUTTONS_PER_ROW, (index + 1) * BUTTONS_PER_ROW),
  }))
}

/** A button; with a form, a button that unfolds it. `index` is its place among the card's actions. */
export function button(action: Action, index: number): ActionJson {
  const title = plainLine(action.label) || action.verb
  if (!action.form) return { ...execute(action, title), associatedInputs: 'none' }
  const { form } = action
  return {
    type: 'Action.ShowCard',
    title,
    style: STYLE[action.style],
    card: {
      type: 'AdaptiveCard',
      body: formBody(form, index),
      actions: [{ ...execute(action, plainLine(form.submit) || title), style: action.style === 'danger' ? 'destructive' : 'positive' }],
    },
  }
}

/** The field behind an input's id: ids are `field~index`, because two forms of one card must not share an id. */
export function fieldOf(inputId: string): string {
  return inputId.replace(/~\d+$/, '')
}

/** True for an absolute https address without user name or password. */
export function isHttps(url: string): boolean {
  if (!URL.canParse(url)) return false
  const parsed = new URL(url)
  return parsed.protocol === 'https:' && parsed.username === '' && parsed.password === ''
}

const STYLE: Readonly<Record<Action['style'], ActionStyle>> = { default: 'default', primary: 'positive', danger: 'destructive' }

function execute(action: Action, title: string): Execute {
  const digest = action.digest === undefined ? {} : { digest: action.digest }
  const data = { v: 1 as const, verb: action.verb, id: action.id, ...digest }
  return { type: 'Action.Execute', title, verb: action.verb, data, style: STYLE[action.style] }
}

/** What a form shows, without its button. `index` keeps the inputs of several forms of one card apart. */
export function formBody(form: Form, index: number): Element[] {
  return [
    rich(plainLine(form.title), { weight: 'bolder', size: 'medium' }),
    ...(form.intro === undefined ? [] : textElements([form.intro], { isSubtle: true })),
    ...form.fields.map((field) => input(field, `${field.id}~${index}`)),
  ]
}

function input(field: Field, id: string): Element {
  const label = plainLine(field.label) || field.id
  const base = {
    id,
    label,
    ...(field.required ? { isRequired: true as const, errorMessage: 'Please fill this in.' } : {}),
    ...(field.value === undefined ? {} : { value: field.value }),
  }
  switch (field.kind) {
    case 'text':
      return textInput(field, base)
    case 'choice':
      return choiceInput(field, base)
    default:
      return field satisfies never
  }
}

type Base = Pick<InputText, 'id' | 'label' | 'isRequired' | 'errorMessage' | 'value'>

function textInput(field: Extract<Field, { kind: 'text' }>, base: Base): InputText {
  const hint = field.hint === undefined ? {} : { placeholder: plainLine(field.hint) }
  return { type: 'Input.Text', ...base, isMultiline: field.multiline, maxLength: field.maxLength, ...hint }
}

/** A choice without options cannot be drawn as one; the words say so instead of an invalid card. */
function choiceInput(field: Extract<Field, { kind: 'choice' }>, base: Base): InputChoiceSet | Element {
  const choices = field.options
    .filter((option) => option.value !== '')
    .map((option) => ({ title: plainLine(option.label) || option.value, value: option.value }))
  if (choices.length === 0) return rich(`${base.label}: nothing to choose from.`, { isSubtle: true })
  return { type: 'Input.ChoiceSet', ...base, style: 'compact', choices }
}

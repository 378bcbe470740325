/** The part of Block Kit that we write (https://docs.slack.dev/reference/block-kit). Lists can be changed, because Slack's own types want them so. */
export interface PlainText {
  readonly type: 'plain_text'
  readonly text: string
  readonly emoji: false
}

export interface Style {
  readonly bold?: true
  readonly italic?: true
}

export interface TextRun {
  readonly type: 'text'
  readonly text: string
  readonly style?: Style
}

/** Rich text: shown as it is, except for who is mentioned and what time it is for the reader. */
export type Inline =
  | TextRun
  | { readonly type: 'date'; readonly timestamp: number; readonly format: string; readonly fallback: string; readonly style?: Style }
  | { readonly type: 'link'; readonly url: string; readonly text: string }
  | { readonly type: 'user'; readonly user_id: string }
  | { readonly type: 'usergroup'; readonly usergroup_id: string }

export interface RichSection {
  readonly type: 'rich_text_section'
  readonly elements: Inline[]
}

export interface RichList {
  readonly type: 'rich_text_list'
  readonly style: 'bullet'
  readonly elements: RichSection[]
}

export interface Preformatted {
  readonly type: 'rich_text_preformatted'
  readonly elements: TextRun[]
}

interface Quote {
  readonly type: 'rich_text_quote'
  readonly elements: Inline[]
}

export type RichElement = RichSection | RichList | Preformatted | Quote

export interface RichText {
  readonly type: 'rich_text'
  readonly elements: RichElement[]
}

export interface Context {
  readonly type: 'context'
  readonly elements: PlainText[]
}

export interface Header {
  readonly type: 'header'
  readonly text: PlainText
}

/** A file of Slack's own: nothing is loaded from elsewhere. */
export interface Image {
  readonly type: 'image'
  readonly slack_file: { readonly id: string }
  readonly alt_text: string
  readonly title: PlainText
}

export interface Button {
  readonly type: 'button'
  readonly action_id: string
  readonly text: PlainText
  readonly value: string
  readonly style?: 'primary' | 'danger'
}

export interface Actions {
  readonly type: 'actions'
  readonly elements: Button[]
}

export type BlockJson = RichText | Context | Header | Image | Actions | { readonly type: 'divider' }

export interface TextInput {
  readonly type: 'plain_text_input'
  readonly action_id: string
  readonly multiline: boolean
  readonly max_length: number
  readonly initial_value?: string
}

interface Option {
  readonly text: PlainText
  readonly value: string
}

export interface Select {
  readonly type: 'static_select'
  readonly action_id: string
  readonly options: Option[]
  readonly initial_option?: Option
}

export interface Input {
  readonly type: 'input'
  readonly block_id: string
  readonly label: PlainText
  readonly optional: boolean
  readonly element: TextInput | Select
  readonly hint?: PlainText
}

export interface HomeView {
  readonly type: 'home'
  readonly blocks: BlockJson[]
}

export interface ModalView {
  readonly type: 'modal'
  readonly callback_id: string
  readonly private_metadata: string
  readonly title: PlainText
  readonly submit: PlainText
  readonly close: PlainText
  readonly blocks: (RichText | Context | Input)[]
}

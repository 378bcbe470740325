/** The part of Adaptive Cards 1.5 that we write (https://adaptivecards.io/explorer/). */
export interface AdaptiveCardJson {
  readonly type: 'AdaptiveCard'
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json'
  readonly version: '1.5'
  readonly fallbackText: string
  readonly speak: string
  readonly body: readonly Element[]
  readonly actions?: readonly ActionJson[]
  /** Whom the card calls, in Teams. */
  readonly msteams?: { readonly entities: readonly MentionEntity[] }
}

/** https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format (mention support) */
export interface MentionEntity {
  readonly type: 'mention'
  readonly text: string
  readonly mentioned: { readonly id: string; readonly name: string }
}

export type Style = 'default' | 'emphasis' | 'accent' | 'good' | 'warning' | 'attention'

export interface TextStyle {
  readonly size?: 'small' | 'default' | 'medium' | 'large' | 'extraLarge'
  readonly weight?: 'bolder'
  readonly color?: Exclude<Style, 'emphasis'>
  readonly isSubtle?: true
  readonly fontType?: 'monospace'
}

interface Laid {
  readonly spacing?: 'none' | 'small' | 'default' | 'medium' | 'large'
  readonly separator?: true
}

export interface TextRun extends TextStyle {
  readonly type: 'TextRun'
  readonly text: string
}

export interface TextBlock extends TextStyle, Laid {
  readonly type: 'TextBlock'
  readonly text: string
  readonly wrap: true
}

export interface RichTextBlock extends Laid {
  readonly type: 'RichTextBlock'
  /** Marks the title of the card, for pages that make a heading of it. */
  readonly id?: 'title'
  readonly inlines: readonly TextRun[]
}

export interface Image extends Laid {
  readonly type: 'Image'
  /** A `data:` address: a card loads nothing from anywhere. */
  readonly url: string
  readonly altText: string
  readonly size: 'stretch'
}

export interface Container extends Laid {
  readonly type: 'Container'
  readonly style?: Style
  readonly bleed?: true
  readonly items: readonly Element[]
}

export interface Column {
  readonly type: 'Column'
  readonly width: 'auto' | 'stretch' | `${number}px`
  readonly style?: Style
  readonly verticalContentAlignment?: 'center'
  readonly items: readonly Element[]
}

export interface ColumnSet extends Laid {
  readonly type: 'ColumnSet'
  readonly columns: readonly Column[]
}

export interface Table extends Laid {
  readonly type: 'Table'
  readonly firstRowAsHeaders: true
  readonly showGridLines: boolean
  readonly gridStyle: Style
  readonly columns: readonly { readonly width: number; readonly horizontalCellContentAlignment: 'left' | 'right' }[]
  readonly rows: readonly { readonly type: 'TableRow'; readonly cells: readonly TableCell[] }[]
}

export interface TableCell {
  readonly type: 'TableCell'
  readonly items: readonly Element[]
}

export interface ActionSet extends Laid {
  readonly type: 'ActionSet'
  readonly actions: readonly ActionJson[]
}

interface InputBase extends Laid {
  readonly id: string
  readonly label: string
  readonly isRequired?: true
  readonly errorMessage?: string
  readonly value?: string
}

export interface InputText extends InputBase {
  readonly type: 'Input.Text'
  readonly isMultiline: boolean
  readonly maxLength: number
  readonly placeholder?: string
}

export interface InputChoiceSet extends InputBase {
  readonly type: 'Input.ChoiceSet'
  readonly style: 'compact'
  readonly choices: readonly { readonly title: string; readonly value: string }[]
}

export type Element = Image | TextBlock | RichTextBlock | Container | ColumnSet | Table | ActionSet | InputText | InputChoiceSet

export type ActionStyle = 'default' | 'positive' | 'destructive'

export interface Execute {
  readonly type: 'Action.Execute'
  readonly title: string
  readonly verb: string
  readonly data: { readonly v: 1; readonly verb: string; readonly id: string; readonly digest?: string }
  readonly style: ActionStyle
  readonly associatedInputs?: 'none'
}

export interface ShowCard {
  readonly type: 'Action.ShowCard'
  readonly title: string
  readonly style: ActionStyle
  readonly card: { readonly type: 'AdaptiveCard'; readonly body: readonly Element[]; readonly actions: readonly Execute[] }
}

export interface OpenUrl {
  readonly type: 'Action.OpenUrl'
  readonly title: string
  readonly url: string
}

export type ActionJson = Execute | ShowCard | OpenUrl

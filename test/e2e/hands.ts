/** What the main job needs of a chat platform, seen as a person sees it. Every platform brings its own hands. */
export interface Hands {
  readonly name: string
  /** Presses the button `label` on the newest card of `place` whose title matches, filling in the form it opens, if any. */
  press(person: string, place: string, title: RegExp, label: string, inputs?: Readonly<Record<string, string>>): Promise<Answer>
  /** All text of the newest card of `place` whose title matches, once it also matches `text`; fails when it never does. */
  see(place: string, title: RegExp, text?: RegExp): Promise<string>
  /** How many messages of `place` have a title that matches. */
  count(place: string, title: RegExp): Promise<number>
  /** Labels of the buttons of the newest card whose title matches. */
  buttons(place: string, title: RegExp): Promise<readonly string[]>
}

/** What the person alone was told. */
export interface Answer {
  readonly refused: boolean
  readonly text: string
}

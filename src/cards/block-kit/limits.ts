/**
 * Everything that Slack refuses to take more of. No library checks it. Lengths are UTF-16 code units, which Slack's own count never exceeds.
 * Sources: Slack's Block Kit and views reference; `messageCharacters`, `smallTitle` and `sectionCharacters` of rich text are ours, below what was seen refused.
 */
export const LIMITS = {
  messageBlocks: 50,
  messageCharacters: 12_000,
  fallback: 1000,
  viewBlocks: 100,
  header: 150,
  smallTitle: 300,
  sectionCharacters: 3000,
  contextElements: 10,
  contextText: 300,
  imageAlt: 2000,
  /** Of a file that is uploaded. */
  fileAlt: 1000,
  imageTitle: 2000,
  actionsElements: 25,
  actionsBlocks: 4,
  buttonText: 75,
  buttonValue: 2000,
  actionId: 255,
  blockId: 255,
  url: 3000,
  viewTitle: 24,
  privateMetadata: 3000,
  inputLabel: 2000,
  inputHint: 2000,
  inputCharacters: 3000,
  options: 100,
  optionText: 75,
  optionValue: 150,
  errorText: 300,
} as const

/**
 * Everything that Teams refuses to take, or to show, more of. No library checks it.
 * - `messageBytes`: the whole message in UTF-16. Microsoft says 100 KB today and said 40 KB before ("Format your bot messages"); what keeps
 *   below the smaller figure is good under both. `envelopeBytes` is our allowance for what stands around the card.
 * - `refreshUsers`: "User Specific Views". `buttons`: six are shown in a row, we draw rows of five (cards/adaptive/actions.ts).
 * - The lengths are ours: longer ones cannot be read on a phone. A dialog's title, a toast and a form have no published limit.
 */
export const LIMITS = {
  messageBytes: 40 * 1024,
  envelopeBytes: 4 * 1024,
  refreshUsers: 60,
  title: 300,
  label: 120,
  badge: 200,
  badges: 10,
  summary: 400,
  text: 2000,
  cell: 300,
  url: 2000,
  toast: 500,
  dialogTitle: 60,
  intro: 1000,
  options: 100,
  optionText: 120,
  typed: 4000,
} as const

/** Bytes of a value as Teams counts them: JSON in UTF-16. */
export const bytesOf = (value: unknown): number => JSON.stringify(value).length * 2

/** What a card may need, so that the message with it fits. */
export const CARD_BYTES = LIMITS.messageBytes - LIMITS.envelopeBytes

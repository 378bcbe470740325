// Shapes of the server's JSON, for the type checker alone.
/** @typedef {{id: string, name: string, audience: string}} Place */
/** @typedef {{id: string, name: string, roles: string[], zone: string}} Person */
/** @typedef {{[key: string]: any}} CardJson */
/** @typedef {{id: string, threadOf: string | null, card: CardJson, updatedAt: string}} Post */
/** @typedef {{now: string, sample: boolean, next: {at: string, what: string} | null}} ClockView */
/** @typedef {{code: string, text: string}} Refusal */
/** @typedef {{ok?: true, cards?: CardJson[], refusal?: Refusal, field?: string}} Outcome */
/** @typedef {{verb?: string, command?: string, subject?: string, digest?: string, inputs?: Record<string, string>}} Wish */
export {}

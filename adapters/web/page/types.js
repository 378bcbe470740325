// Shapes of the server's JSON, for the type checker alone.
// The overview is src/core/overview/view.ts.
/** @typedef {{place: string, post: string}} CardLink */
/** @typedef {{text: string, about: string, due: string | null, card: CardLink | null}} Task */
/** @typedef {{by: string | null, doneAt: string | null, state: 'idle' | 'running' | 'near' | 'met' | 'missed' | 'overdue', used: number}} ClockLine */
/** @typedef {{total: number, done: number, failed: number, unknown: number}} HostFigures */
/** @typedef {{text: string, roles: string[], people: string[], names: string[], until: string | null}} Wait */
/** @typedef {{zero: string, start: ClockLine, complete: ClockLine}} ChangeClocks */
/**
 * @typedef {object} OpenChange
 * @property {number} id
 * @property {string} name
 * @property {string} title
 * @property {string} vendorId
 * @property {string} verdict
 * @property {string} phase
 * @property {string} phaseWords
 * @property {string | null} class
 * @property {string} proposed
 * @property {boolean} emergency
 * @property {boolean} drill
 * @property {boolean} knownExploited
 * @property {boolean} rehearsal
 * @property {'halted' | 'stopped' | null} standsStill
 * @property {ChangeClocks | null} clocks
 * @property {string} clockWords
 * @property {Wait} wait
 * @property {HostFigures} hosts
 * @property {CardLink | null} card
 */
/** @typedef {{id: number, name: string, approved: boolean, card: CardLink | null}} PlannedChange */
/** @typedef {{window: string, name: string, start: string, end: string, hosts: string, opens: boolean, changes: PlannedChange[]}} CalendarOpening */
/** @typedef {{name: string, reason: string, from: string, to: string}} Freeze */
/** @typedef {{from: string, to: string, openings: CalendarOpening[], blackouts: Freeze[]}} Calendar */
/** @typedef {{assetClass: string, hosts: number, clear: number, open: number, overdue: number}} PatchLine */
/** @typedef {{assetClass: string, product: string, versions: string[], at: number, below: number, above: number, exempt: number, named: {below: string[], above: string[]}}} BaselineLine */
/** @typedef {{hosts: number, stale: number, staleAfterDays: number, unmanaged: number, lastSeen: string | null, patches: PatchLine[], baselines: BaselineLine[]}} Compliance */
/** @typedef {{id: string, name: string, state: 'good' | 'silent' | 'failing' | 'not asked', lastGoodAt: string | null, since: string | null, dropped: number}} SourceLine */
/** @typedef {{now: string, waitsForYou: Task[], changes: OpenChange[], calendar: Calendar, compliance: Compliance, sources: SourceLine[]}} Overview */
/** @typedef {{person: string, roles: readonly string[], zone: string, sample: boolean, adminPlace: string | null, hrefOf: (card: {place: string, post?: string}) => string}} OverviewContext */
/** @typedef {{id: string, name: string, audience: string}} Place */
/** @typedef {{id: string, name: string, roles: string[], zone: string}} Person */
/** @typedef {{[key: string]: any}} CardJson */
/** @typedef {{id: string, threadOf: string | null, card: CardJson, updatedAt: string}} Post */
/** @typedef {{now: string, sample: boolean, next: {at: string, what: string} | null}} ClockView */
/** @typedef {{code: string, text: string}} Refusal */
/** @typedef {{ok?: true, cards?: CardJson[], refusal?: Refusal, field?: string}} Outcome */
/** @typedef {{verb?: string, command?: string, subject?: string, digest?: string, inputs?: Record<string, string>}} Wish */
export {}

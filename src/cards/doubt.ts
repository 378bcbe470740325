import type { Confirmed, Judged } from '../core/identify/sent.ts'
import { type Check, type CheckName, failedOf, type Verdict } from '../core/identify/verification.ts'
import type { Policy } from '../core/policy.ts'
import type { Instant } from '../core/result.ts'
import type { Action, Block, Card, Text, Tone } from './card.ts'
import { plainLine } from './text.ts'
import { at, button, count, nameOf, outcome, quiet, textBlock, verdictBadge, whisper, who } from './words.ts'

/** What the answer to "is this real?" shows. */
export interface DoubtView {
  /** Number under which it is counted; null: it is not. */
  readonly id: number | null
  /** What was sent, the worst first. */
  readonly judged: readonly Judged[]
  /** Bulletins that the words name and that are known here. */
  readonly named: readonly Confirmed[]
  /** May the asker warn everybody, and has nobody yet? */
  readonly mayWarn: boolean
  readonly warned: boolean
  readonly helpPlace: string
}

const TITLES: Readonly<Record<Verdict, string>> = {
  BOGUS: 'BOGUS: this is a forgery',
  QUARANTINED: 'Something about it is wrong',
  UNCONFIRMED: 'Not proved',
  CORROBORATED: 'Most likely real',
  AUTHENTIC: 'Real: its publisher signed it',
}

const TONES: Readonly<Record<Verdict, Tone>> = {
  BOGUS: 'danger',
  QUARANTINED: 'danger',
  UNCONFIRMED: 'warning',
  CORROBORATED: 'good',
  AUTHENTIC: 'good',
}

/** Most reasons that are told: more are not read. */
const MOST_REASONS = 3

/** Is what I was sent real? The verdict, why, and what to do: private, in plain words. */
export function doubtCard(view: DoubtView): Card {
  const [worst, ...others] = view.judged
  if (!worst) return nothingCard()
  return whisper(
    TITLES[worst.verdict],
    [
      textBlock({ strong: `${KIND_WORDS[worst.kind]}: ` }, titleOf(worst)),
      { kind: 'list', items: reasons(worst).map((reason): Text => [reason]) },
      outcome(TONES[worst.verdict], { strong: 'What to do: ' }, ...toDo(worst.verdict, view)),
      ...others
        .filter(({ kind }) => kind !== 'words')
        .slice(0, 5)
        .map((one) => quiet(`${KIND_WORDS[one.kind]} ${titleOf(one)}: ${one.verdict}. ${one.reason}.`)),
      ...namedBlocks(view.named),
      ...(worst.verdict === 'BOGUS'
        ? [quiet({ strong: 'Good to know: ' }, lessonOf(worst.checks))]
        : [quiet('Vendors never send patches by mail or message.')]),
    ],
    {
      tone: TONES[worst.verdict],
      badges: [verdictBadge(worst.verdict)],
      actions: warnActions(view),
      summary: `${TITLES[worst.verdict]}: ${titleOf(worst)}`,
    },
  )
}

const KIND_WORDS: Readonly<Record<Judged['kind'], string>> = {
  mail: 'Mail',
  document: 'Bulletin',
  file: 'File',
  link: 'Link',
  words: 'Message',
}

/** An address that nobody should go to is written so that nobody can, as those who deal with forgeries write it. */
const titleOf = ({ kind, title, verdict }: Judged): string => {
  const shown = plainLine(title)
  return kind === 'link' && (verdict === 'BOGUS' || verdict === 'QUARANTINED')
    ? shown.replace(/^http/i, 'hxxp').replaceAll('.', '[.]')
    : shown
}

const nothingCard = (): Card =>
  whisper('Nothing to check', [
    textBlock(
      'There is no link, file or bulletin number in it. Forward the whole message, or type `verify` and the link that you were sent.',
    ),
  ])

const RANK: Readonly<Record<Check['outcome'], number>> = { fail: 0, unavailable: 1, stale: 2, pass: 3, 'not applicable': 4 }

/** Why, gravest first: what failed; else what could not be proved; else what was. */
function reasons({ checks }: Judged): readonly string[] {
  const order = failedOf(checks)
  const told = checks
    .filter(({ outcome }) => outcome !== 'not applicable')
    .toSorted((a, b) => RANK[a.outcome] - RANK[b.outcome] || place(order, a.name) - place(order, b.name))
  const failed = told.filter(({ outcome }) => outcome === 'fail')
  const open = told.filter(({ outcome }) => outcome === 'unavailable' || outcome === 'stale')
  const chosen =
    failed.length > 0
      ? failed
      : open.length > 0
        ? [...open, ...told.filter(({ name, outcome }) => outcome === 'pass' && name === 'dkim')]
        : told
  return chosen.slice(0, MOST_REASONS).map(({ evidence }) => plainLine(evidence))
}

const place = (order: readonly CheckName[], name: CheckName): number => (order.includes(name) ? order.indexOf(name) : order.length)

function toDo(verdict: Verdict, { mayWarn, warned, helpPlace }: DoubtView): Text {
  switch (verdict) {
    case 'BOGUS':
      return [
        'Do not open it, do not click in it, do not answer it. Security has been told.',
        ...(warned ? [' Everybody has been warned.'] : mayWarn ? [' Report it here for all: press "Warn everybody".'] : []),
        ` If you opened it already, say so in ${helpPlace} now.`,
      ]
    case 'QUARANTINED':
      return [`Do not act on it. Security looks into it; ask in ${helpPlace} if you are in a hurry.`]
    case 'UNCONFIRMED':
      return [`Do not install anything from it. What you need comes by your organisation's own update. Ask in ${helpPlace}.`]
    case 'CORROBORATED':
    case 'AUTHENTIC':
      return ['You need not do anything: the patch team has it. Do not install anything yourself.']
    default:
      return verdict satisfies never
  }
}

const namedBlocks = (named: readonly Confirmed[]): readonly Block[] =>
  named.length === 0
    ? []
    : [
        quiet(
          `It names ${named
            .slice(0, 5)
            .map(({ vendorId, verdict }) => `${vendorId} (known here: ${verdict})`)
            .join(', ')}. Anybody can copy a real number: it says nothing about who sent this.`,
        ),
      ]

const warnActions = ({ id, mayWarn, warned }: DoubtView): readonly Action[] =>
  id !== null && mayWarn && !warned ? [button('Warn everybody', 'warn-everybody', `doubt:${id}`, { style: 'danger' })] : []

/** Two sentences to learn from, by the rule that was broken. */
const LESSONS: Readonly<Partial<Record<CheckName, string>>> = {
  attachment:
    'No vendor mails a patch: real ones come by the software’s own update. An attachment that calls itself one is an attack, whoever seems to have sent it.',
  protection: 'Real updates work with your protection switched on. Whoever asks you to switch it off wants to do what it would stop.',
  impersonation:
    'The name of a sender is free text that anybody can type. Look where the links and the answer lead: that cannot be hidden.',
  lookalike:
    'Read an address from the end: what stands right before the last dot and the ending is who it belongs to. Everything in front of it can be made up.',
}

/** The short lesson after a forgery. */
export const lessonOf = (checks: readonly Check[]): string => {
  const [gravest] = failedOf(checks)
  return (
    (gravest && LESSONS[gravest]) ?? 'Real bulletins are in this channel before they are in your mailbox. When in doubt, ask here first.'
  )
}

/** A forgery that somebody reported, for security. */
export interface BogusView {
  readonly id: number
  readonly judged: Judged
  readonly reports: number
  readonly firstAt: Instant
  readonly warned: { readonly by: string; readonly at: Instant } | null
}

/** For security: what came in, how many were sent it, and the button that warns everybody once. */
export function bogusReportCard({ id, judged, reports, firstAt, warned }: BogusView, policy: Policy): Card {
  const title = `Reported: a forged ${KIND_WORDS[judged.kind].toLowerCase()}`
  return {
    look: 'standard',
    tone: warned ? 'info' : 'danger',
    badges: [verdictBadge(judged.verdict)],
    title,
    subtitle: titleOf(judged),
    blocks: [
      textBlock(`${count(reports, 'person', 'people')} asked about it, the first `, at(firstAt), '.'),
      { kind: 'list', items: reasons(judged).map((reason): Text => [reason]) },
      ...(warned ? [outcome('good', 'Everybody was warned by ', ...who(policy, warned.by, warned.at), '.')] : []),
    ],
    actions: warned ? [] : [button('Warn everybody', 'warn-everybody', `doubt:${id}`, { style: 'danger' })],
    summary: `${title}: ${titleOf(judged)}`,
  }
}

/** What everybody is told, once. It repeats no address and no file name that somebody could follow. */
export function warningCard(judged: Judged, by: string, policy: Policy): Card {
  const what = { mail: 'a mail', document: 'a bulletin', file: 'a file', link: 'a link', words: 'a message' }[judged.kind]
  return {
    look: 'announcement',
    tone: 'danger',
    badges: [],
    title: 'WARNING: a forged security notice is going round',
    blocks: [
      textBlock({ strong: 'What it is   ' }, `Somebody sends ${what} that pretends to be about a security update. It is a forgery.`),
      textBlock({ strong: 'What to do   ' }, 'Do not open it, do not click in it, do not forward it. Delete it.'),
      textBlock({ strong: 'Opened it?   ' }, `Say so in ${policy.helpPlace} at once. Nobody is blamed, and speed helps.`),
      textBlock({ strong: 'How to tell  ' }, lessonOf(judged.checks)),
      quiet(`Announced for ${nameOf(policy, by)}. Patches never come by mail.`),
    ],
    actions: [],
    summary: 'Warning: a forged security notice is going round. Do not open it.',
  }
}

/** The private answer to who warned. */
export const warnedCard = (): Card =>
  whisper('Everybody is being warned', [textBlock('The warning stands where the end users are told of updates. It is sent once.')], {
    tone: 'good',
  })

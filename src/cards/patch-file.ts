import { badFiles, failures, filesOfBulletins, standingOf } from '../core/change/patch-files.ts'
import type { ChangeState, PatchFileResult } from '../core/change/state.ts'
import type { Policy } from '../core/policy.ts'
import type { Action, Block, Card, Text } from './card.ts'
import { button, callRole, fact, joined, nameOf, note, outcome, quiet, shortened, textBlock } from './words.ts'

/** As many files are told one by one. */
const MOST_TOLD = 4

const WORDS = { proved: 'is the file that the bulletin names', 'not proved': 'is not proved', bad: 'FAILED its check' } as const

/** What is known of the patch files before go or no-go; that none was checked is said, too. */
export function patchFilesFact(state: ChangeState, policy: Policy): ReturnType<typeof fact> {
  const files = state.patchFiles ?? []
  if (files.length === 0) return fact('Patch files', `no file was checked${namedWords(state)}`)
  const gravest = files.toSorted((a, b) => RANK[standingOf(a)] - RANK[standingOf(b)])
  const more = files.length - MOST_TOLD
  return fact('Patch files', ...joined(gravest.slice(0, MOST_TOLD).map((file) => told(file, policy))), more > 0 ? ` and ${more} more` : '')
}

function namedWords(state: ChangeState): string {
  const named = filesOfBulletins(state)
  return named.length === 0
    ? ''
    : `; the bulletin names ${shortened(
        named.map(({ name }) => name),
        MOST_TOLD,
      )}`
}

const RANK = { bad: 0, 'not proved': 1, proved: 2 } as const

function told(file: PatchFileResult, policy: Policy): Text {
  const standing = standingOf(file)
  const accepted = file.accepted ? ` Let pass by ${nameOf(policy, file.accepted.by)}: ${file.accepted.reason ?? ''}` : ''
  const evidence = file.checks.map((check) => check.evidence).join(' ')
  return [standing === 'bad' ? { strong: `${file.name} ${WORDS.bad}` } : `${file.name} ${WORDS[standing]}`, `. ${evidence}${accepted}`]
}

/** In the thread, once per result. */
export function patchFileNote(file: PatchFileResult, state: ChangeState): Card {
  const standing = standingOf(file)
  return note(
    `${file.name} ${WORDS[standing]}`,
    standing === 'bad' ? 'danger' : standing === 'proved' ? 'good' : 'warning',
    { kind: 'list', items: file.checks.map(({ evidence }) => [evidence]) },
    ...(standing === 'bad' ? [textBlock(callRole('security'), `: ${askedOfSecurity(state)}`)] : []),
    ...(file.sha256 === '' ? [] : [quiet(`SHA-256 ${file.sha256} · from ${file.host}`)]),
  )
}

/** What stands still until security has decided, or that it is too late for that. */
function askedOfSecurity({ rollout }: ChangeState): string {
  const status = rollout?.status
  switch (status) {
    case undefined:
      return 'there is no go until you decide on it.'
    case 'waiting':
    case 'running':
    case 'halted':
    case 'stopped':
      return 'the rollout is held. Nothing more starts until you decide on it and the quorum resumes it.'
    case 'rolling back':
      return 'the update is being taken off the hosts already.'
    case 'finished':
      return 'the rollout is over. Please look whether it has to be rolled back.'
    default:
      return status satisfies never
  }
}

/** The bad files that nobody has accepted, on the card of the rollout that they hold; without those that `told` tells of. */
export const badFileBlocks = (state: ChangeState, told: string): readonly Block[] =>
  badFiles(state)
    .filter((file) => !told.includes(failures(file)))
    .slice(0, MOST_TOLD)
    .map((file) => outcome('danger', `${file.name} ${WORDS.bad}. ${failures(file)}`))

/** For a decision that is open, or a plan that waits for its announcement: have the bulletin's own files checked, or any other. */
export function checkFileActions(state: ChangeState, subject: string): readonly Action[] {
  const named = filesOfBulletins(state)
  const words = named.length === 1 ? "Check the bulletin's file" : `Check the bulletin's ${named.length} files`
  return [...(named.length > 0 ? [button(words, 'check-named-files', subject)] : []), checkFileAction(subject)]
}

const checkFileAction = (subject: string): Action =>
  button('Check a patch file', 'check-patch-file', subject, {
    form: {
      title: 'Check a patch file',
      intro: 'It is fetched, compared with the bulletin and removed again. The answer comes in the thread and on this card.',
      submit: 'Check',
      fields: [{ kind: 'text', id: 'url', label: 'Its address (https)', multiline: false, required: true, maxLength: 2000 }],
    },
  })

/** Decide on the first file that is bad; nothing where none is. */
export function passFileActions(state: ChangeState, subject: string): readonly Action[] {
  const [bad] = badFiles(state)
  if (!bad) return []
  return [
    button('Let the file pass', 'accept-patch-file', subject, {
      digest: bad.sha256,
      style: 'danger',
      form: {
        title: `Let ${bad.name.slice(0, 60)} pass?`,
        intro: failures(bad),
        submit: 'Let it pass',
        fields: [{ kind: 'text', id: 'reason', label: 'Why?', multiline: true, required: true, maxLength: 500 }],
      },
    }),
  ]
}

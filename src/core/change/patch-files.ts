import type { NamedFile } from '../identify/named-files.ts'
import type { Check } from '../identify/verification.ts'
import { allow, refuse } from '../result.ts'
import { bulletinsOf } from './bulletins.ts'
import type { ChangeEvent, Command, Context } from './command.ts'
import { blank, type Decision, isOver, nameOf, phaseWords, type Refused, withRole } from './guard.ts'
import type { ChangeState, PatchFileResult } from './state.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/** Who may have a patch file checked. */
export const PATCH_CHECKERS = ['patch-team', 'security', 'operations'] as const

/** As many files of one change; more would hide what matters on its card. */
export const MOST_FILES = 20

/**
 * `bad`: a check failed. `proved`: it is the very file that an AUTHENTIC bulletin names. A signature alone proves nothing: it says that
 * somebody signed the file whom this machine trusts, not that it was the vendor.
 */
export function standingOf({ checks }: Pick<PatchFileResult, 'checks'>): 'bad' | 'proved' | 'not proved' {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'bad'
  return checks.some(({ name, outcome }) => name === 'patch-hash' && outcome === 'pass') ? 'proved' : 'not proved'
}

/** The files that the AUTHENTIC bulletins of a change name with a hash and a link. */
export function filesOfBulletins(state: ChangeState): readonly NamedFile[] {
  const named = bulletinsOf(state).flatMap(({ verdict, files = [] }) => (verdict === 'AUTHENTIC' ? files : []))
  return [...new Map(named.map((file) => [file.url, file])).values()].slice(0, MOST_FILES)
}

/** SHA-256 of the files that are proved to be those of the bulletins, in order. */
export const provedHashes = ({ patchFiles = [] }: Pick<ChangeState, 'patchFiles'>): readonly string[] =>
  [...new Set(patchFiles.filter((file) => standingOf(file) === 'proved').map(({ sha256 }) => sha256))].sort()

/** What is bad and nobody has accepted. */
export const badFiles = ({ patchFiles = [] }: Pick<ChangeState, 'patchFiles'>): readonly PatchFileResult[] =>
  patchFiles.filter((file) => standingOf(file) === 'bad' && !file.accepted)

/** No go, no announcement, no ring and no resume while a file of the change is bad. */
export function filesStand(state: ChangeState): Refused | { readonly ok: true } {
  const [bad] = badFiles(state)
  return bad
    ? refuse('PATCH_FILE_BAD', `${bad.name} failed its check: ${failures(bad)} Security has to decide on it first, with a reason.`)
    : { ok: true }
}

/** What failed, in sentences. */
export const failures = ({ checks }: PatchFileResult): string =>
  checks
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ evidence }) => evidence)
    .join(' ')

/** May somebody have a file of this change checked? */
export function mayCheck(state: ChangeState, ctx: Context): Refused | { readonly ok: true } {
  const who = withRole(ctx, PATCH_CHECKERS, 'have a patch file checked')
  if (!who.ok) return who
  return isOver(state) ? refuse('STALE', `Change ${state.id} ${phaseWords(state.phase)}: no file of it is checked any more.`) : { ok: true }
}

/** The same result of the same file again is no news, however often its job runs. */
export function notePatchFile(state: ChangeState, { file }: Of<'note-patch-file'>, ctx: Context): Decision {
  const may = mayCheck(state, ctx)
  if (!may.ok) return may
  const known = state.patchFiles ?? []
  if (known.some((one) => sameResult(one, file))) return allow([])
  // What is bad is never left out, however many there are.
  if (known.length >= MOST_FILES && standingOf(file) !== 'bad' && !known.some(({ url }) => url === file.url))
    return refuse('TOO_MANY_FILES', `At most ${MOST_FILES} files of one change are checked.`)
  return allow([{ kind: 'patch file checked', by: ctx.actor?.id ?? '', file }, ...holds(state, file)])
}

/** What is planned or runs is held as by a threshold: hosts that have begun finish, and the quorum resumes it. */
function holds({ rollout }: ChangeState, file: PatchFileResult): readonly ChangeEvent[] {
  const goesOn = rollout?.status === 'waiting' || rollout?.status === 'running'
  if (!goesOn || standingOf(file) !== 'bad') return []
  return [{ kind: 'halted', by: null, ring: null, reason: `${file.name} failed its check: ${failures(file)}`, cause: 'patch file' }]
}

const sameResult = (a: PatchFileResult, b: PatchFileResult): boolean =>
  a.url === b.url && a.sha256 === b.sha256 && outcomes(a.checks) === outcomes(b.checks)

const outcomes = (checks: readonly Check[]): string =>
  checks.map(({ name, outcome, evidence }) => `${name} ${outcome} ${evidence}`).join('\n')

/** Security may let a bad file pass, as it may release what is quarantined: by name and with a reason. */
export function acceptPatchFile(state: ChangeState, { sha256, reason }: Of<'accept-patch-file'>, ctx: Context): Decision {
  const who = withRole(ctx, ['security'], 'decide on a bad patch file')
  if (!who.ok) return who
  const same = (state.patchFiles ?? []).filter((one) => one.sha256 === sha256 && standingOf(one) === 'bad')
  // The same bytes may lie at several addresses: one that nobody has decided on goes first, or the change could never go on.
  const file = same.find(({ accepted }) => !accepted) ?? same[0]
  if (!file) return refuse('STALE', 'There is no such bad file any more. Please look at the card again.')
  if (file.accepted) return refuse('ALREADY_DONE', `${nameOf(ctx, file.accepted.by)} has already decided on it.`)
  if (blank(reason)) return refuse('REASON_NEEDED', 'Please say why this file may be used, or why it is not the one that is used.')
  return allow([{ kind: 'patch file accepted', by: who.actor.id, sha256, name: file.name, reason }])
}

/** A later result of the same address replaces the earlier one; but what was bad is not settled by an address that answers no more. */
export const withFile = (files: readonly PatchFileResult[], file: PatchFileResult): readonly PatchFileResult[] => [
  ...files.filter((old) => old.url !== file.url || (file.sha256 === '' && standingOf(old) === 'bad')),
  file,
]

/** Other bytes may name other hashes: what was proved is open again, what was bad stays until somebody decides. */
export const afterRevision = (files: readonly PatchFileResult[]): readonly PatchFileResult[] =>
  files.filter((file) => standingOf(file) === 'bad')

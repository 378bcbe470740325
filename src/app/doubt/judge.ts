import { setTimeout as pause } from 'node:timers/promises'
import { linksIn, ownedBy, unwrapped } from '../../core/identify/address.ts'
import type { Checked } from '../../core/identify/judge.ts'
import { judge } from '../../core/identify/judge.ts'
import type { MailFacts } from '../../core/identify/mail.ts'
import { mailChecks } from '../../core/identify/mail-checks.ts'
import {
  type Confirmed,
  confirmation,
  idsIn,
  type Judged,
  judged,
  judgeFile,
  judgeLink,
  judgeWords,
  sameMail,
} from '../../core/identify/sent.ts'
import { rungOf } from '../../core/identify/verification.ts'
import type { BulletinSource, Doubt, RawDocument } from '../../ports.ts'
import { readSourceState } from '../bulletins/source-state.ts'
import type { House } from '../house.ts'
import { confirmedBy, knownByAddress, knownByBytes, knownRevisionsOf } from './known.ts'

type File = Doubt['files'][number]

const MOST_FILES = 8
const MOST_LINKS = 20
/** Sources that a bulletin file is checked by: those with documents of their own. */
const DOCUMENT_KINDS = ['csaf', 'csaf-folder']

/** Everything that somebody was sent, each thing judged by itself. Nothing is opened, followed or fetched. */
export async function judgeAll(
  house: House,
  { words, links, files }: Pick<Doubt, 'words' | 'links' | 'files'>,
): Promise<readonly Judged[]> {
  const every = [...new Set([...links, ...linksIn(words)].map((one) => unwrapped(one)))]
  const addresses = every.slice(0, MOST_LINKS)
  const all = files.slice(0, MOST_FILES)
  const mails = await Promise.all(all.filter(isMail).map((file) => judgeMail(house, file)))
  const documents = await Promise.all(all.filter(isDocument).map((file) => judgeDocument(house, file, all)))
  const others = all
    .filter((file) => !isMail(file) && !isDocument(file) && !isSidecar(file, all))
    .map((file) => judgeFile(file.name, file.bytes, words))
  const found = await Promise.all(
    addresses.map(async (one) => judgeLink(one, ownedBy(house.inForce.policy.sources), await knownByAddress(house, one))),
  )
  const said = words.trim() === '' ? [] : [judgeWords(words)]
  const more = tooMany(every.length - addresses.length, files.length - all.length)
  return [...more, ...mails, ...documents, ...others, ...found.filter((one) => one !== null), ...said]
}

/** What is not looked at must not hide behind what is. */
const tooMany = (links: number, files: number): readonly Judged[] =>
  links + files <= 0
    ? []
    : [
        judged('file', 'More of it', [
          {
            name: 'size',
            outcome: 'unavailable',
            evidence: `${links} links and ${files} files more were not looked at: it is too much at once.`,
          },
        ]),
      ]

const isMail = ({ name }: File): boolean => /\.eml$/i.test(name)
const isDocument = ({ name }: File): boolean => /\.json$/i.test(name)
const SIDECAR = /\.json\.(?:asc|sha256|sha512)$/i
const isSidecar = ({ name }: File, all: readonly File[]): boolean =>
  SIDECAR.test(name) && all.some((one) => name.startsWith(one.name) && isDocument(one))

async function judgeMail(house: House, { name, bytes }: File): Promise<Judged> {
  const signers = [...house.sources.values()].flatMap((source) => source.signers ?? [])
  const reading = await house.mails.read(bytes, house.clock.now(), null, signers)
  if (!reading.ok) return judged('mail', name, [{ name: 'size', outcome: 'unavailable', evidence: reading.problem }])
  const { mail } = reading
  const checks = mailChecks(mail, ownedBy(house.inForce.policy.sources))
  return judged('mail', mail.subject || name, [...checks, confirmation(await toldIn(house, mail))], sameMail(mail))
}

/** Bulletins that a mail tells of, all of them: one that is known must not carry one that is not. */
async function toldIn(house: House, { subject, text }: MailFacts): Promise<readonly Confirmed[]> {
  const ids = idsIn(`${subject} ${text}`)
  return ids.length === 0 ? [] : confirmedBy(house, ids)
}

/** A bulletin file, by each source that could have published it; the best answer counts, for its key is another for each. */
async function judgeDocument(house: House, file: File, all: readonly File[]): Promise<Judged> {
  const known = await knownByBytes(house, file.bytes)
  if (known) return known
  const raw = withSidecars(file, all)
  const rules = house.inForce.policy.sources.filter(({ kind }) => DOCUMENT_KINDS.includes(kind))
  const answers = await Promise.all(
    rules.flatMap(({ id }) => house.sources.get(id) ?? []).map((source) => inTime(judgeBy(house, source, raw), file.name)),
  )
  const best = answers.toSorted((a, b) => rungOf(b.verdict) - rungOf(a.verdict))[0]
  return (
    best ??
    judged('document', file.name, [
      { name: 'signature', outcome: 'unavailable', evidence: 'The policy has no source whose bulletins are files.' },
    ])
  )
}

/** A source may have to fetch its key first, and somebody waits in chat. */
const MOST_MS = 8_000

async function inTime(work: Promise<Judged>, name: string): Promise<Judged> {
  const evidence = 'Its source did not give its key in time; ask again in a minute.'
  const late = judged('document', name, [{ name: 'signature', outcome: 'unavailable', evidence }])
  const over = new AbortController()
  const timer = pause(MOST_MS, late, { signal: over.signal }).catch(() => late)
  return Promise.race([work, timer]).finally(() => over.abort())
}

async function judgeBy(house: House, source: BulletinSource, raw: RawDocument): Promise<Judged> {
  const now = house.clock.now()
  const checked: Checked = await source.check(raw, now, (await readSourceState(house, source.id)).firstKeys)
  const known = await knownRevisionsOf(house, source.id, checked)
  const { verification } = judge({ checked, known, now: now.toISOString() })
  return { kind: 'document', title: checked.bulletin?.vendorId ?? raw.fileName, same: checked.digest, ...verification }
}

function withSidecars({ name, bytes }: File, all: readonly File[]): RawDocument {
  const beside = (ending: string): string | undefined => {
    const found = all.find((one) => one.name.toLowerCase() === `${name}.${ending}`.toLowerCase())
    return found && new TextDecoder().decode(found.bytes)
  }
  const [sha256, sha512, signature] = [beside('sha256'), beside('sha512'), beside('asc')]
  return {
    fileName: name,
    bytes,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sha512 === undefined ? {} : { sha512 }),
    ...(signature === undefined ? {} : { signature }),
  }
}

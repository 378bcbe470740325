import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createHttp, type Http } from '../../adapters/http.ts'
import { createMailProcess, type MailProcess } from '../../adapters/mail/index.ts'
import { type AdvisoryReader, createAdvisoryReader, createAdvisorySource } from '../../adapters/sources/advisory/index.ts'
import { type CsafChecker, createChecker, createCsafFolderSource, createCsafSource } from '../../adapters/sources/csaf/index.ts'
import { type CveReader, createCveReader, createCveSource } from '../../adapters/sources/cve/index.ts'
import { createFeedReader, createFeedSource, type FeedReader } from '../../adapters/sources/feed/index.ts'
import { createKevReader, createKevSource, type KevReader } from '../../adapters/sources/kev/index.ts'
import { createMailboxSource, createTokens } from '../../adapters/sources/mailbox/index.ts'
import { createGuideSource, createMsrcReader, createMsrcSource, type MsrcReader } from '../../adapters/sources/msrc/index.ts'
import { createOsvReader, createOsvSource, type OsvReader } from '../../adapters/sources/osv/index.ts'
import { secretName } from '../config.ts'
import { ownedBy } from '../core/identify/address.ts'
import type { Owned } from '../core/identify/lookalike.ts'
import type { SigningKey } from '../core/identify/mail.ts'
import { own } from '../core/own.ts'
import type { Policy, SourceRule, SourceRuleOf } from '../core/policy.ts'
import type { BulletinSource, Clock } from '../ports.ts'
import type { Undo } from './setup.ts'

/** What the sources of a process share: one client to the world, and one process per kind of document that reads them. */
interface Shared {
  readonly http: Http
  readonly checker: CsafChecker
  readonly feeds: FeedReader
  readonly records: OsvReader
  readonly catalogues: KevReader
  readonly months: MsrcReader
  readonly notices: AdvisoryReader
  readonly scores: CveReader
  /** Reads the mails of one mailbox: a hostile one holds up no other. */
  readonly mailsOf: (id: string) => MailProcess
  /** Of a proxy that all is fetched through. */
  readonly proxy?: string
  readonly passwords: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Relative paths in the policy are relative to its file. */
  readonly folder: string
}

export interface SourceOptions {
  readonly folder: string
  readonly clock: Clock
  /** Address of a proxy that everything is fetched through. */
  readonly proxy?: string
  /** Secrets of mailboxes by the name of their variable. */
  readonly mailboxes?: Readonly<Record<string, string>>
}

/** Makes the sources of a policy, again for each version that comes into force; what they share is closed at the end. */
export function sourceMaker(
  { folder, clock, proxy, mailboxes = {} }: SourceOptions,
  undo: Undo,
): (policy: Policy) => readonly BulletinSource[] {
  const shared: Shared = {
    http: createHttp(proxy === undefined ? {} : { proxy }),
    checker: createChecker(undefined, undefined, true),
    feeds: createFeedReader(),
    records: createOsvReader(),
    catalogues: createKevReader(),
    months: createMsrcReader(),
    notices: createAdvisoryReader(),
    scores: createCveReader(),
    mailsOf: mailProcesses(undo),
    passwords: mailboxes,
    ...(proxy === undefined ? {} : { proxy }),
    clock,
    folder,
  }
  const { http, checker, feeds, records, catalogues, months, notices, scores } = shared
  for (const one of [http, checker, feeds, records, catalogues, months, notices, scores]) undo.push(() => one.close())
  return ({ sources }) => sources.map((rule) => sourceOf(rule, shared, ownedBy(sources)))
}

/** One process per mailbox, the same for every version of the policy. */
function mailProcesses(undo: Undo): (id: string) => MailProcess {
  const open = new Map<string, MailProcess>()
  undo.push(() => Promise.all([...open.values()].map((one) => one.close())))
  return (id) => {
    const process = open.get(id) ?? createMailProcess()
    open.set(id, process)
    return process
  }
}

/** One line per kind. */
function sourceOf(
  rule: SourceRule,
  { http, checker, feeds, records, catalogues, months, notices, scores, mailsOf, passwords, proxy, clock, folder }: Shared,
  owned: readonly Owned[],
): BulletinSource {
  switch (rule.kind) {
    case 'csaf-folder':
      return createCsafFolderSource(rule, {
        checker,
        folder: resolve(folder, rule.folder ?? '.'),
        key: keyText(resolve(folder, rule.keyFile ?? '')),
      })
    case 'csaf':
      return createCsafSource(rule, { http, checker, clock })
    case 'feed':
      return createFeedSource(rule, { http, reader: feeds, clock })
    case 'osv':
      return createOsvSource(rule, {
        http,
        reader: records,
        clock,
        ...(rule.folder === undefined ? {} : { folder: resolve(folder, rule.folder) }),
      })
    case 'kev':
      return createKevSource(rule, { http, reader: catalogues, clock })
    case 'msrc':
      return createMsrcSource(rule, { http, reader: months, clock })
    case 'msrc-guide':
      return createGuideSource(rule, { http, reader: months, clock })
    case 'advisory':
      return createAdvisorySource(rule, { http, reader: notices, clock })
    case 'cve':
      return createCveSource(rule, { http, reader: scores })
    case 'mailbox':
      return createMailboxSource(rule, {
        mails: mailsOf(rule.id),
        clock,
        owned,
        signers: signersOf(rule, folder),
        way: {
          password: own(passwords, secretName('MAILBOX_PASSWORD', rule.id)) ?? null,
          ...(proxy === undefined ? {} : { proxy }),
          ...(rule.oauth === undefined
            ? {}
            : { tokens: createTokens(rule, rule.oauth, { http, clock, ...tokenSecrets(rule.id, passwords) }) }),
        },
      })
    default:
      return rule satisfies never
  }
}

const tokenSecrets = (id: string, secrets: Shared['passwords']) => ({
  clientSecret: own(secrets, secretName('MAILBOX_CLIENT_SECRET', id)) ?? null,
  refreshToken: own(secrets, secretName('MAILBOX_REFRESH_TOKEN', id)) ?? null,
})

/** The keys that are pinned for the senders of a mailbox. */
const signersOf = ({ senders }: SourceRuleOf<'mailbox'>, folder: string): readonly SigningKey[] =>
  senders.flatMap(({ from, openpgp }) => {
    if (openpgp === undefined) return []
    const key = keyText(resolve(folder, openpgp.keyFile))
    return openpgp.keys.map(({ keyFingerprint: fingerprint, keyOwner: owner }) => ({ from, fingerprint, owner, key }))
  })

/** Which key may speak is pinned by its fingerprint; without its text no signature of it verifies. */
function keyText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

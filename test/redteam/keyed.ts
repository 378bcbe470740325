// Attacks by mail on a notice that a pinned OpenPGP key signed.
import type { SigningKey } from '../../src/core/identify/mail.ts'
import type { Verdict } from '../../src/core/identify/verification.ts'
import { clearsigned, mailOf, NOTICE, newWriter, signedPart, type Writer } from '../support/pgp-mail.ts'
import type { Case } from './case.ts'

/** What is made of a notice that a pinned key signed. */
const KEYED: Readonly<Record<string, readonly [make: (team: Writer, stranger: Writer) => Promise<Uint8Array>, exactly?: Verdict]>> = {
  'text in front of what is signed': [async (team) => mailOf(`Call 0900 1234 first.\n${await clearsigned(KEYED_NOTICE, team)}`)],
  'text behind what is signed': [async (team) => mailOf(`${await clearsigned(KEYED_NOTICE, team)}\nCall 0900 1234 first.`)],
  'a letter of it changed': [async (team) => mailOf((await clearsigned(KEYED_NOTICE, team)).replace('widget', 'gadget')), 'QUARANTINED'],
  'by the key of a stranger': [async (_, stranger) => mailOf(await clearsigned(KEYED_NOTICE, stranger))],
  'without its signature': [async () => mailOf(KEYED_NOTICE)],
  twice: [async (team) => mailOf(`${await clearsigned(KEYED_NOTICE, team)}\n${await clearsigned('Call 0900 1234.', team)}`)],
  'a line in its armour': [
    async (team) => mailOf((await clearsigned(KEYED_NOTICE, team)).replace('Hash: SHA512', 'Hash: SHA512\nComment: call 0900 1234')),
    'QUARANTINED',
  ],
  'another subject': [async (team) => mailOf(await clearsigned(KEYED_NOTICE, team), { subject: 'Urgent: call 0900 1234' })],
  'a page of one picture beside it': [
    async (team) => {
      const page = 'Content-Type: text/html\r\n\r\n<img src="https://evil.example/call.png">'
      const text = `--o\r\nContent-Type: text/plain\r\n\r\n${await clearsigned(KEYED_NOTICE, team)}\r\n--o\r\n${page}\r\n--o--`
      return mailOf(text, { type: 'multipart/alternative; boundary=o', subject: TOLD })
    },
  ],
  'a page of one picture beside the signed part': [
    async (team) => {
      const { type, body } = await signedPart(KEYED_NOTICE, team)
      const page = 'Content-Type: text/html\r\n\r\n<img src="cid:call">'
      const parts = `--o\r\nContent-Type: ${type}\r\n\r\n${body}\r\n--o\r\n${page}\r\n--o--`
      return mailOf(parts, { type: 'multipart/alternative; boundary=o', subject: TOLD })
    },
  ],
  'a program beside it': [
    async (team) => {
      const { type, body } = await signedPart(KEYED_NOTICE, team)
      const file = 'Content-Type: application/octet-stream; name=patch.exe\r\nContent-Disposition: attachment; filename=patch.exe\r\n\r\nMZ'
      return mailOf(`--o\r\nContent-Type: ${type}\r\n\r\n${body}\r\n--o\r\n${file}\r\n--o--`, { type: 'multipart/mixed; boundary=o' })
    },
    'BOGUS',
  ],
  'a part put into it': [
    async (team) => {
      const { type, body } = await signedPart(KEYED_NOTICE, team, { after: (part) => `Content-Disposition: inline\r\n${part}` })
      return mailOf(body, { type })
    },
    'QUARANTINED',
  ],
  'another hash than it names': [
    async (team) => {
      const { type, body } = await signedPart(KEYED_NOTICE, team, { micalg: 'pgp-sha1' })
      return mailOf(body, { type })
    },
    'QUARANTINED',
  ],
}

/** A subject that says nothing more than the signed text. */
const TOLD = 'RHSA-2023:3408 widget update'

/** Of a bulletin that is known: a forgery must not profit from a true number. */
const KEYED_NOTICE = NOTICE.replaceAll('DSA-6001-1', 'RHSA-2023:3408')

/** `verdict`: of a mail of whose sender these keys are pinned. */
export function keyedCases(verdict: (bytes: Uint8Array, keys: readonly SigningKey[]) => Promise<Verdict>): readonly Case[] {
  const run = (make: (team: Writer, stranger: Writer) => Promise<Uint8Array>) => async (): Promise<Verdict> => {
    const [team, stranger] = [await newWriter(), await newWriter()]
    return verdict(await make(team, stranger), [team.pin])
  }
  return [
    {
      name: 'mail: genuine, signed by a pinned key',
      genuine: true,
      run: run(async (team) => mailOf(await clearsigned(KEYED_NOTICE, team), { subject: TOLD })),
    },
    ...Object.entries(KEYED).map(
      ([name, [make, exactly]]): Case => ({
        name: `mail signed by a pinned key: ${name}`,
        genuine: false,
        ...(exactly === undefined ? {} : { exactly }),
        run: run(make),
      }),
    ),
  ]
}

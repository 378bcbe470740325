// A small IMAP server on loopback (RFC 3501, as far as a reader of one folder needs it), with TLS from the beginning or by STARTTLS.
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer as createPlain, type Server, type Socket } from 'node:net'
import { createServer as createSecure, TLSSocket } from 'node:tls'

const tls = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8')
const IDENTITY = { key: tls('server.key'), cert: tls('server.pem') }

export interface ImapServer {
  readonly port: number
  /** Mails by their number. What the test changes counts at once. */
  readonly mails: Map<number, Uint8Array>
  validity: number
  password: string
  /** The connection breaks in the middle of this mail, once. */
  cutAt: number | null
  /** Says no to searches. */
  refusesSearch: boolean
  /** Commands without their tags and arguments, in order. */
  readonly said: string[]
  close(): Promise<void>
}

/** `starttls`: offers it; `cleartext`: does not even offer it. `XOAUTH2`: takes the password as a token, and in no other way. */
export async function imapServer(way: 'tls' | 'starttls' | 'cleartext' = 'tls', auth: 'LOGIN' | 'XOAUTH2' = 'LOGIN'): Promise<ImapServer> {
  const open = new Set<Socket>()
  const self: Omit<ImapServer, 'port' | 'close'> & { way: typeof way; auth: typeof auth } = {
    mails: new Map(),
    validity: 1,
    password: auth === 'LOGIN' ? 'correct horse' : 'correct-horse',
    auth,
    cutAt: null,
    refusesSearch: false,
    said: [],
    way,
  }
  const greet = (socket: Socket): void => {
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    socket.write('* OK ready\r\n')
    listen(self, socket)
  }
  const server: Server = way === 'tls' ? createSecure(IDENTITY, greet) : createPlain(greet)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(self, {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  })
}

type State = Omit<ImapServer, 'port' | 'close'> & {
  readonly way: 'tls' | 'starttls' | 'cleartext'
  readonly auth: 'LOGIN' | 'XOAUTH2'
}

/** Answers a connection line by line. */
function listen(state: State, socket: Socket): void {
  let rest = ''
  socket.on('data', (piece) => {
    rest += piece.toString('latin1')
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const [tag = '', ...words] = rest.slice(0, end).split(' ')
      rest = rest.slice(end + 2)
      const command = words[0]?.toUpperCase() === 'UID' ? `UID ${words[1]?.toUpperCase()}` : (words[0]?.toUpperCase() ?? '')
      state.said.push(command)
      const argument = words.slice(command.startsWith('UID') ? 2 : 1).join(' ')
      if (command === 'STARTTLS') secure(state, socket, tag)
      else if (command === 'UID FETCH') give(state, socket, tag, argument)
      else socket.write([...answer(state, socket, command, argument), ''].join('\r\n').replace(/^(?=(?:OK|NO|BAD)\b)/m, `${tag} `))
    }
  })
}

function secure(state: State, socket: Socket, tag: string): void {
  socket.removeAllListeners('data')
  socket.write(`${tag} OK now\r\n`)
  listen(
    state,
    new TLSSocket(socket, { isServer: true, ...IDENTITY }).on('error', () => undefined),
  )
}

const numbersOf = ({ mails }: State): readonly number[] => [...mails.keys()].sort((a, b) => a - b)

/** The lines of an answer; the last one is for the command's tag. */
function answer(state: State, socket: Socket, command: string, rest: string): readonly string[] {
  const offers = state.way === 'starttls' && !(socket instanceof TLSSocket)
  switch (command) {
    case 'CAPABILITY':
      return [`* CAPABILITY IMAP4rev1${offers ? ' STARTTLS' : ''}${state.auth === 'LOGIN' ? '' : ' SASL-IR AUTH=XOAUTH2'}`, 'OK done']
    case 'LOGIN':
      return [rest.endsWith(`"${state.password}"`) ? 'OK done' : 'NO [AUTHENTICATIONFAILED] no']
    case 'AUTHENTICATE':
      return [isToken(state, rest) ? 'OK done' : 'NO [AUTHENTICATIONFAILED] no']
    case 'LIST':
      return [rest.endsWith('INBOX') ? '* LIST () "/" INBOX' : '* LIST (\\Noselect) "/" ""', 'OK done']
    case 'EXAMINE':
      if (!/^"?INBOX"?$/.test(rest)) return ['NO there is none']
      return [`* ${state.mails.size} EXISTS`, `* OK [UIDVALIDITY ${state.validity}] x`, 'OK [READ-ONLY] done']
    case 'UID SEARCH':
      return state.refusesSearch ? ['NO not now'] : [`* SEARCH ${searched(numbersOf(state), rest).join(' ')}`, 'OK done']
    default:
      return ['BAD what?']
  }
}

const isToken = ({ password }: State, rest: string): boolean =>
  rest.startsWith('XOAUTH2 ') &&
  Buffer.from(rest.slice(8), 'base64').toString() === `user=notices@house.example\x01auth=Bearer ${password}\x01\x01`

/** `UID 5:*`, or `2:*` by place. The last mail is always among them, as the standard has it. */
function searched(numbers: readonly number[], criteria: string): readonly number[] {
  const [, uid, from = '1'] = /(UID )?(\d+):\*/.exec(criteria) ?? []
  return numbers.filter((one, i) => (uid ? one : i + 1) >= Number(from) || i === numbers.length - 1)
}

/** The size of a mail, or its bytes. */
function give(state: State, socket: Socket, tag: string, rest: string): void {
  const uid = Number(rest.split(' ')[0])
  const mail = state.mails.get(uid)
  const place = numbersOf(state).indexOf(uid) + 1
  if (!mail) socket.write(`${tag} OK nothing\r\n`)
  else if (rest.includes('BODY.PEEK[]')) giveBytes(state, socket, { tag, uid, place, most: Number(/<0\.(\d+)>/.exec(rest)?.[1]), mail })
  else socket.write(`* ${place} FETCH (UID ${uid} RFC822.SIZE ${mail.length})\r\n${tag} OK done\r\n`)
}

interface Given {
  readonly tag: string
  readonly uid: number
  readonly place: number
  readonly most: number
  readonly mail: Uint8Array
}

function giveBytes(state: State, socket: Socket, { tag, uid, place, most, mail }: Given): void {
  const bytes = mail.subarray(0, most)
  socket.write(`* ${place} FETCH (UID ${uid} BODY[]<0> {${bytes.length}}\r\n`)
  if (state.cutAt !== uid) {
    socket.write(bytes)
    socket.write(`)\r\n${tag} OK done\r\n`)
    return
  }
  state.cutAt = null
  socket.write(bytes.subarray(0, bytes.length / 2))
  socket.destroySoon()
}

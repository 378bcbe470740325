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

/** `starttls`: offers it; `cleartext`: does not even offer it. */
export async function imapServer(way: 'tls' | 'starttls' | 'cleartext' = 'tls'): Promise<ImapServer> {
  const open = new Set<Socket>()
  const self: Omit<ImapServer, 'port' | 'close'> & { way: typeof way } = {
    mails: new Map(),
    validity: 1,
    password: 'correct horse',
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

type State = Omit<ImapServer, 'port' | 'close'> & { readonly way: 'tls' | 'starttls' | 'cleartext' }

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
      if (command === 'STARTTLS') {
        socket.removeAllListeners('data')
        socket.write(`${tag} OK now\r\n`)
        return listen(
          state,
          new TLSSocket(socket, { isServer: true, ...IDENTITY }).on('error', () => undefined),
        )
      }
      answer(state, socket, tag, command, words.slice(command.startsWith('UID') ? 2 : 1).join(' '))
    }
  })
}

function answer(state: State, socket: Socket, tag: string, command: string, rest: string): void {
  const done = (lines: readonly string[], end = 'OK done'): void => void socket.write([...lines, `${tag} ${end}`, ''].join('\r\n'))
  const numbers = [...state.mails.keys()].sort((a, b) => a - b)
  switch (command) {
    case 'CAPABILITY':
      return done([`* CAPABILITY IMAP4rev1${state.way === 'starttls' && !(socket instanceof TLSSocket) ? ' STARTTLS' : ''}`])
    case 'LOGIN':
      return rest.endsWith(`"${state.password}"`) ? done([]) : done([], 'NO [AUTHENTICATIONFAILED] no')
    case 'LIST':
      return done(rest.endsWith('INBOX') ? ['* LIST () "/" INBOX'] : ['* LIST (\\Noselect) "/" ""'])
    case 'EXAMINE':
      if (!/^"?INBOX"?$/.test(rest)) return done([], 'NO there is none')
      return done([`* ${numbers.length} EXISTS`, `* OK [UIDVALIDITY ${state.validity}] x`], 'OK [READ-ONLY] done')
    case 'UID SEARCH':
      return state.refusesSearch ? done([], 'NO not now') : done([`* SEARCH ${searched(numbers, rest).join(' ')}`])
    case 'UID FETCH':
      return fetched(state, socket, tag, numbers, rest)
    case 'LOGOUT':
      return done(['* BYE'])
    default:
      return done([], 'BAD what?')
  }
}

/** `UID 5:*`, or `2:*` by place. The last mail is always among them, as the standard has it. */
function searched(numbers: readonly number[], criteria: string): readonly number[] {
  const [, uid, from = '1'] = /(UID )?(\d+):\*/.exec(criteria) ?? []
  return numbers.filter((one, i) => (uid ? one : i + 1) >= Number(from) || i === numbers.length - 1)
}

function fetched(state: State, socket: Socket, tag: string, numbers: readonly number[], rest: string): void {
  const uid = Number(rest.split(' ')[0])
  const mail = state.mails.get(uid)
  if (!mail) return void socket.write(`${tag} OK nothing\r\n`)
  const place = numbers.indexOf(uid) + 1
  if (!rest.includes('BODY.PEEK[]'))
    return void socket.write(`* ${place} FETCH (UID ${uid} RFC822.SIZE ${mail.length})\r\n${tag} OK done\r\n`)
  const most = Number(/<0\.(\d+)>/.exec(rest)?.[1] ?? mail.length)
  const bytes = mail.subarray(0, most)
  socket.write(`* ${place} FETCH (UID ${uid} BODY[]<0> {${bytes.length}}\r\n`)
  if (state.cutAt === uid) {
    state.cutAt = null
    socket.write(bytes.subarray(0, bytes.length / 2))
    return void socket.destroySoon()
  }
  socket.write(bytes)
  socket.write(`)\r\n${tag} OK done\r\n`)
}

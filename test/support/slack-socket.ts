import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What bolt answered to an envelope. */
export interface Acknowledged {
  readonly envelope_id: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** Slack's side of Socket Mode: says hello, hands over envelopes and waits until each is acknowledged. */
export interface SlackSocket {
  /** What `apps.connections.open` answers. */
  readonly url: string
  /** Sends an envelope over the newest connection and waits for its answer. */
  deliver(type: 'events_api' | 'interactive' | 'slash_commands', payload: object, more?: object): Promise<Acknowledged>
  /** Sends it without waiting. */
  push(text: string): void
  /** The next connection from now on, once it was greeted. */
  nextConnection(): Promise<void>
  /** Ends all connections: politely as Slack does every few hours, or by a broken line. */
  drop(how: 'refresh' | 'break'): void
  /** Whether new connections are greeted. */
  silent: boolean
  readonly connections: () => number
  close(): Promise<void>
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const TEXT = 1
const CLOSE = 8
const PING = 9
const PONG = 10

export async function startSlackSocket(): Promise<SlackSocket> {
  const open: Duplex[] = []
  const waiting = new Map<string, (answer: Acknowledged) => void>()
  const greeted = new Set<() => void>()
  let sent = 0
  const server = createServer((_, response) => response.writeHead(426).end())
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    ;(socket as Socket).setNoDelay(true)
    open.push(socket)
    const gone = () => {
      if (open.includes(socket)) open.splice(open.indexOf(socket), 1)
    }
    socket.on('close', gone).on('error', gone)
    readFrames(socket, (opcode, data) => {
      if (opcode === PING) socket.write(frame(PONG, data))
      if (opcode === CLOSE) socket.end(frame(CLOSE, data))
      if (opcode !== TEXT) return
      const answer = JSON.parse(data.toString('utf8')) as Acknowledged
      waiting.get(answer.envelope_id)?.(answer)
    })
    if (self.silent) return
    socket.write(text({ type: 'hello', num_connections: open.length, connection_info: { app_id: 'A1' } }))
    for (const tell of [...greeted]) tell()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const self: SlackSocket = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/link`,
    silent: false,
    connections: () => open.length,
    push(raw) {
      const socket = open.at(-1)
      if (socket === undefined) throw new Error('nobody is connected')
      socket.write(frame(TEXT, Buffer.from(raw)))
    },
    deliver(type, payload, more = {}) {
      sent += 1
      const envelope_id = `envelope-${sent}`
      const answered = new Promise<Acknowledged>((resolve) => waiting.set(envelope_id, resolve))
      self.push(JSON.stringify({ type, envelope_id, payload, accepts_response_payload: type !== 'events_api', ...more }))
      return answered
    },
    nextConnection: () =>
      new Promise((resolve) => {
        const tell = () => {
          greeted.delete(tell)
          resolve()
        }
        greeted.add(tell)
      }),
    drop(how) {
      for (const socket of [...open]) {
        if (how === 'break') socket.destroy()
        else socket.write(text({ type: 'disconnect', reason: 'refresh_requested' }))
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of [...open]) socket.destroy()
        server.close(() => resolve())
      }),
  }
  return self
}

const text = (message: object): Buffer => frame(TEXT, Buffer.from(JSON.stringify(message)))

/** A frame of a server: whole and without a mask. */
function frame(opcode: number, data: Buffer): Buffer {
  const head = Buffer.alloc(data.length < 126 ? 2 : data.length < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  if (data.length < 126) head[1] = data.length
  else if (data.length < 65_536) {
    head[1] = 126
    head.writeUInt16BE(data.length, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(data.length), 2)
  }
  return Buffer.concat([head, data])
}

/** The frames of a client: masked, and whole, because bolt's client sends no fragments. */
function readFrames(socket: Duplex, onFrame: (opcode: number, data: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      if (rest.length < 2) return
      const short = (rest[1] ?? 0) & 0x7f
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (rest.length < head) return
      const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2))
      if (rest.length < head + 4 + length) return
      const mask = rest.subarray(head, head + 4)
      const data = Buffer.from(rest.subarray(head + 4, head + 4 + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0)))
      onFrame((rest[0] ?? 0) & 0x0f, data)
      rest = rest.subarray(head + 4 + length)
    }
  })
}

import { setTimeout as pause } from 'node:timers/promises'
import { type Logger, SocketModeReceiver } from '@slack/bolt'
import type { Log } from '../../chat/log.ts'
import { within } from '../../chat/soon.ts'
import { CLIENT_OPTIONS } from '../client.ts'
import { chatError } from '../errors.ts'
import type { Door, Envelopes, Opened } from './envelopes.ts'

export interface SocketOptions {
  /** App-level token with the scope `connections:write`. */
  readonly appToken: string
  readonly apiUrl: string
  readonly logger: Logger
  readonly log: Log
}

/** Slack closes a connection every few hours: then the next one is opened at once, and after failures ever later. */
const LONGEST_WAIT_MS = 30_000
const waitBefore = (failures: number): number => (failures === 0 ? 0 : Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures))
const GREETED_WITHIN_MS = 20_000
const CLOSE_WITHIN_MS = 2000

type Socket = SocketModeReceiver['client']

/**
 * Slack's requests over a connection that we open (Socket Mode). To open it throws `ChatError` when Slack does not know the token or does
 * not answer; later outages are survived. Bolt's own reconnecting is off: it gives up on a refused token by a rejection that nobody handles, which ends the process, and at the
 * start it tries a hundred times before it says that Slack cannot be reached.
 */
export function socketDoor({ appToken, apiUrl, logger, log }: SocketOptions): Door {
  const clientOptions = { slackApiUrl: apiUrl, ...CLIENT_OPTIONS }
  const receiver = new SocketModeReceiver({ appToken, logger, autoReconnectEnabled: false, installerOptions: { clientOptions } })
  const socket = receiver.client
  survive(socket, log)
  const over = new AbortController()
  const close = async ({ refuse, idle }: Envelopes): Promise<void> => {
    refuse()
    await idle()
    over.abort()
    await within(socket.disconnect(), CLOSE_WITHIN_MS)
    // The second time it does not wait for Slack's good-bye.
    await socket.disconnect()
  }
  const open = async (): Promise<Opened> => {
    await connect(socket)
    void keepOpen(socket, log, over.signal)
    return { url: null, close }
  }
  return { receiver, open }
}

/** The listener for messages is async, and a message of an unknown shape makes it reject, which nobody would handle. */
function survive(socket: Socket, log: Log): void {
  for (const listener of socket.listeners('ws_message')) {
    socket.off('ws_message', listener)
    socket.on('ws_message', async (...message: unknown[]) => {
      try {
        await listener(...message)
      } catch (error) {
        log.warn({ err: error }, 'slack: a message of an unknown shape came over the socket')
      }
    })
  }
}

async function keepOpen(socket: Socket, log: Log, over: AbortSignal): Promise<void> {
  let failures = 0
  await lost(socket, over)
  while (!over.aborted) {
    try {
      await pause(waitBefore(failures), undefined, { signal: over })
      await connect(socket)
      if (failures > 0) log.info({ failures }, 'slack: connected again')
      failures = 0
      await lost(socket, over)
    } catch (error) {
      if (over.aborted) return
      // Said once an outage, not at every try.
      if (failures === 0) log.warn({ err: error }, 'slack: the connection is lost; trying again')
      failures += 1
    }
  }
}

/** Resolves when the connection is gone. */
const lost = (socket: Socket, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    socket.once('disconnected', resolve)
    over.addEventListener('abort', () => resolve(), { once: true })
  })

/** Asks Slack for an address, opens it and waits for the greeting. Throws `ChatError`. */
async function connect(socket: Socket): Promise<void> {
  try {
    if ((await within(socket.start(), GREETED_WITHIN_MS)) === 'late') throw new Error('no greeting')
  } catch (error) {
    void socket.disconnect()
    // Its client says nothing when a connection ends before the greeting.
    throw chatError('apps.connections.open', error ?? new Error('closed before the greeting'))
  }
}

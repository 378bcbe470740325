import type { ServerResponse } from 'node:http'
import { SECURITY_HEADERS } from './answer.ts'

/** Server-sent events for the open pages. Events only say what to read again; a page that missed some reads everything again. */
export interface EventHub {
  open(response: ServerResponse, person: string | null): void
  /** To all pages, or to those of one person. */
  send(event: 'posts' | 'clock' | 'whisper', data: unknown, person?: string): void
  close(): void
}

/** Milliseconds between comments that keep the connection alive and find dead ones. */
const HEARTBEAT = 15_000
/** A page that does not read is let go once this many bytes wait for it. */
const BACKLOG_CAP = 1024 * 1024

export function eventHub(): EventHub {
  const pages = new Map<ServerResponse, string | null>()
  const write = (response: ServerResponse, text: string): void => {
    if (response.writableLength > BACKLOG_CAP) response.destroy()
    else response.write(text)
  }
  const heartbeat = setInterval(() => {
    for (const response of pages.keys()) write(response, ':\n\n')
  }, HEARTBEAT)
  heartbeat.unref()
  return {
    open(response, person) {
      response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.on('close', () => pages.delete(response))
      pages.set(response, person)
      write(response, 'event: hello\ndata: {}\n\n')
    },
    send(event, data, person) {
      const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
      for (const [response, reader] of pages) if (person === undefined || reader === person) write(response, text)
    },
    close() {
      clearInterval(heartbeat)
      for (const response of pages.keys()) response.end()
    },
  }
}

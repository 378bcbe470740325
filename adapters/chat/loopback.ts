import { createServer, type RequestListener, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Loopback {
  /** Without a slash at its end. */
  readonly origin: string
  /** Takes nothing new, lets what came in come to its end, then closes. */
  close(idle: () => Promise<void>): Promise<void>
}

/** Listens on loopback; a proxy with TLS stands before it. Throws what Node throws where the port is taken; 0 takes a free one. */
export async function listen(port: number, handle: RequestListener, options: ServerOptions = {}): Promise<Loopback> {
  let open = true
  const server = createServer(options, (request, response) => {
    // A connection that is kept alive may still bring one: it is for whoever listens then.
    if (open) handle(request, response)
    else response.writeHead(503, { connection: 'close' }).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close(idle) {
      open = false
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await idle()
      server.closeAllConnections()
      await closed
    },
  }
}

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { own } from '../../src/core/own.ts'
import { SECURITY_HEADERS } from './answer.ts'

interface Asset {
  readonly type: string
  readonly bytes: Buffer
  readonly tag: string
}

/** Everything that the page is made of, by path. Read once; nothing outside of this list can be asked for. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  const folder = new URL('./page/', import.meta.url)
  const ours = readdirSync(folder).flatMap((name): [string, Asset][] => {
    const type = own(TYPES, extname(name))
    return type === undefined ? [] : [[name === 'index.html' ? '/' : `/${name}`, asset(type, readFileSync(new URL(name, folder)))]]
  })
  const require = createRequire(import.meta.url)
  const theirs = ['adaptivecards.min.js', 'adaptivecards.css'].map((name): [string, Asset] => [
    `/${name}`,
    asset(own(TYPES, extname(name)) ?? '', readFileSync(require.resolve(`adaptivecards/dist/${name}`))),
  ])
  return new Map([...ours, ...theirs])
}

export function sendAsset(request: IncomingMessage, response: ServerResponse, { type, bytes, tag }: Asset): void {
  const headers = { ...SECURITY_HEADERS, 'content-type': type, etag: tag, 'cache-control': 'no-cache' }
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers).end()
    return
  }
  response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes)
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

function asset(type: string, bytes: Buffer): Asset {
  return { type, bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url')}"` }
}

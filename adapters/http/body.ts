import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Fault } from '../../src/core/fault.ts'
import { own } from '../../src/core/own.ts'

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
}

/** The encodings that are asked for. */
export const ACCEPTED = 'gzip, br, deflate'

/** The way to unpack an answer; null when it is not packed. Throws Fault HTTP_FAILED for a way that was not asked for. */
const decoderOf = (encoding: string, where: string): Transform | null => {
  const name = encoding.trim().toLowerCase()
  if (name === '' || name === 'identity') return null
  const make = own(DECODERS, name)
  if (make === undefined) throw new Fault('HTTP_FAILED', `${where} answers packed in a way that was not asked for.`)
  return make()
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 10_000) / 100} MB`

/** Lets bytes through up to a limit. */
const capped = (limit: number, where: string) =>
  async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let length = 0
    for await (const chunk of chunks) {
      length += chunk.length
      if (length > limit) throw new Fault('HTTP_TOO_LARGE', `${where} answers with more than the ${megabytes(limit)} that are taken.`)
      yield chunk
    }
  }

/** Takes an answer in pieces. */
export type Into = (pieces: AsyncIterable<Uint8Array>) => Promise<void>

/** Reads an answer whole, unpacked; never more than `limit` bytes, neither as it travels nor unpacked. Empty when `into` takes it. */
export const readBody = async (body: Readable, encoding: string, limit: number, where: string, into?: Into): Promise<Uint8Array> => {
  const kept: Uint8Array[] = []
  const keep = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) kept.push(chunk)
  }
  const cap = capped(limit, where)
  const decoder = decoderOf(encoding, where)
  await (decoder === null ? pipeline(body, cap, into ?? keep) : pipeline(body, cap, decoder, cap, into ?? keep))
  return Buffer.concat(kept)
}

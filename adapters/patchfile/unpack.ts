import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { setImmediate as turn } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import xz from 'xz-decompress'

const PIECE = 65_536

/** In pieces, with a turn for others between them. */
export async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield bytes.subarray(at, at + PIECE)
    await turn()
  }
}

const begins = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte)

/** Unpacked in pieces, by what the bytes themselves say they are: gzip, xz, or neither. Throws in the middle for what is broken. */
export async function* unpack(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (begins(bytes, [0x1f, 0x8b])) yield* gunzipped(bytes)
  else if (begins(bytes, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) yield* unxzed(bytes)
  else yield* pieces(bytes)
}

async function* gunzipped(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const source = Readable.from(pieces(bytes), { objectMode: false })
  const gunzip = createGunzip()
  try {
    for await (const piece of source.pipe(gunzip)) yield piece
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

async function* unxzed(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const stream = new xz.XzReadableStream(ReadableStream.from(pieces(bytes)) as unknown as globalThis.ReadableStream<Uint8Array>)
  for await (const piece of stream as unknown as ReadableStream<Uint8Array>) {
    yield piece
    await turn()
  }
}

/** All that comes, up to `most` bytes; null when it is more: then the rest is not read. */
export async function readCapped(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Buffer | null> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > most) return null
    kept.push(chunk)
  }
  return Buffer.concat(kept)
}

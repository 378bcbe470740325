import { sha256Hex } from '../../src/core/canonical.ts'

/** A token that was good is asked about again after this long, so that a key that was withdrawn counts no longer than that more. */
const ASKED_AGAIN_MS = 5 * 60_000
/** A platform sends many requests with one token; far fewer are ever in use. */
const MOST = 1000

/**
 * Tokens that were found good, by the SHA-256 of the whole header: the signature of a request is checked once for each, not at each
 * press. One that was refused never enters; one letter more or less is another token; whoever asks for another service address is not
 * known. Each is forgotten when it ends (its own `exp`, without the tolerance of a first check), and after five minutes at the latest.
 */
export class GoodTokens {
  readonly #known = new Map<string, { readonly serviceUrl: string; readonly until: number }>()

  /** @param now milliseconds since 1970, as all times here */
  has(header: string, serviceUrl: string, now: number): boolean {
    const known = this.#known.get(sha256Hex(header))
    return known !== undefined && known.serviceUrl === serviceUrl && now < known.until
  }

  /** @param expires when the token ends by itself */
  add(header: string, serviceUrl: string, expires: number, now: number): void {
    if (this.#known.size >= MOST) this.#known.clear()
    this.#known.set(sha256Hex(header), { serviceUrl, until: Math.min(expires, now + ASKED_AGAIN_MS) })
  }
}

/** Which source, who may speak in it, and by which key. Without a fingerprint no key is pinned, and no signature proves anything. */
export interface Pinned {
  readonly id: string
  /** Empty: nobody has said it. A source of the policy always says. */
  readonly namespaces: readonly string[]
  readonly keyFingerprint?: string | undefined
  /** What the card says about the key. */
  readonly keyOwner?: string | undefined
}

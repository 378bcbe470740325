import type { Evidence } from '../../core/identify/evidence.ts'
import type { Check } from '../../core/identify/verification.ts'
import { documentChecks } from './document.ts'
import { fileChecks } from './file.ts'
import { linkChecks } from './link.ts'
import { mailFacts } from './mail.ts'
import { patchAgain } from './patch-again.ts'

/** The checks of an evidence, made from its own bytes as of a moment, without network. */
export async function again(evidence: Evidence, now: Date): Promise<readonly Check[]> {
  const { kind, name, url, redirectedFrom, bytes, sidecars, pinned, owned, dns, openpgp } = evidence
  const raw = Buffer.from(bytes, 'base64')
  const { sha256, sha512, signature } = sidecars
  const beside = {
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sha512 === undefined ? {} : { sha512 }),
    ...(signature === undefined ? {} : { signature }),
    ...(url === null ? {} : { url }),
    ...(redirectedFrom === null ? {} : { redirectedFrom }),
  }
  switch (kind) {
    case 'document':
      return pinned === null ? [] : documentChecks({ fileName: name, bytes: raw, ...beside }, pinned, now)
    case 'patch':
      return [
        ...(pinned === null ? [] : await documentChecks({ fileName: name, bytes: raw, ...beside }, pinned, now)),
        ...(await patchAgain(evidence, raw, now)),
      ]
    case 'mail':
      return (await mailFacts(raw, now, { owned, stored: dns, openpgp })).checks
    case 'file':
      return fileChecks(name, raw)
    case 'link':
      return linkChecks(name, owned) ?? []
    case 'stored':
      return []
    default:
      return kind satisfies never
  }
}

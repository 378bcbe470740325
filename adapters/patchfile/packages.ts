import { line } from '../../src/core/identify/text.ts'
import { type CodeSignature, says, unread } from './says.ts'
import type { ToolEnd } from './tools.ts'

const SIGNED = /^\s*(Header )?(?:OpenPGP )?(?:V\d+ )?[A-Z]\w*(?:\/\w+)? signature, key (?:id|fingerprint):?\s*([0-9a-f]{8,64}): ok\s*$/gim
/** The header names what the content must be; the MD5 beside it is signed by nobody. */
const CONTENT = /^\s*Payload [^:\n]{1,60} digest: OK\s*$/m

/** `rpmkeys` is asked for a signature and for every digest, whatever the machine is set to. An rpm that does not know these settings leaves them. */
export const rpmArgs = (path: string): readonly string[] => [
  ...['--define', '_pkgverify_level signature', '--define', '_pkgverify_flags 0x0'],
  ...['--checksig', '--verbose', '--', path],
]

/**
 * What `rpmkeys --checksig --verbose` said. A pass needs its exit code, a good signature that covers the content, and not one line that says
 * otherwise.
 */
export function rpmPackage({ code, output }: NonNullable<ToolEnd>): CodeSignature {
  const bad = /^.*\bBAD\b.*$/m.exec(output)?.[0]
  if (bad !== undefined) return says('fail', `rpm: ${line(bad, 200)}`)
  if (/NOKEY|MISSING KEYS/i.test(output)) return says('unavailable', 'rpm: signed by a key that this machine does not know.')
  const wrong = /^.*\bNOT OK\b.*$/m.exec(output)?.[0]
  if (wrong !== undefined) return says('fail', `rpm: ${line(wrong, 200)}`)
  const signatures = [...output.matchAll(SIGNED)]
  const id = signatures[0]?.[2]
  if (code === 0 && id) {
    const covered = CONTENT.test(output) || signatures.some(([, header]) => header === undefined)
    return covered
      ? says('pass', 'rpm: signed by a key that this machine trusts; digests agree.', { kind: 'key', id: id.toLowerCase() })
      : says('unavailable', 'rpm: its header is signed, and nothing that is signed says what its content must be.')
  }
  if (/digest: OK\s*$/im.test(output) && !/signature, key/i.test(output))
    return says('unavailable', 'rpm: the package is not signed; its digests agree.')
  return unread('rpmkeys')
}

/** What `debsig-verify` said: debsig-verify(1), 10 no signature, 11 no policy or key for it, 12 no policy applies, 13 bad signature. */
export function debPackage({ code, output }: NonNullable<ToolEnd>): CodeSignature {
  if (code === 13) return says('fail', `deb: ${line(output, 200)}`)
  if ([10, 11, 12].includes(code)) return says('unavailable', 'deb: not signed by itself, or by nobody whom this machine knows.')
  const verified = /^debsig: Verified package from .*$/m.test(output) && !/fail|bad|error/i.test(output)
  return code === 0 && verified ? says('pass', 'deb: signed as the policy of this machine asks.') : unread('debsig-verify')
}

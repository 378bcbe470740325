import type { Signer } from '../../src/core/identify/signer.ts'
import { line } from '../../src/core/identify/text.ts'
import { type CodeSignature, says, unread } from './says.ts'
import type { ToolEnd } from './tools.ts'

/** What OpenSSL says of a chain that it does not take: of itself, or in the words of its library. */
const CHAIN = /(?:^[ \t]*Error: |Verify error:[ \t]?)([^\n]{1,100})/m
const FORGED = /:(?:signature|digest) failure:|certificate signature failure/
const REVOKED = /^\s*Signature CRL verification: failed\s*$|certificate revoked/m
const PURPOSE = /^\s*Unsupported Signer's certificate purpose/m
/** It could not do its work, whatever the file is. */
const TROUBLE = /Failed to add store lookup file|no certificate found|^Use the "-CRLfile" option/m

/**
 * The tool is asked with the roots in this file; without one, with those of the machine. It would fetch lists of revoked certificates itself, from
 * addresses in the file and past the guarded client.
 */
export const authenticodeArgs = (path: string, roots?: string): readonly string[] => [
  'verify',
  '-ignore-crl',
  ...(roots === undefined ? [] : ['-CAfile', roots, '-TSA-CAfile', roots]),
  '-in',
  path,
]

/**
 * What `osslsigncode verify` said. A pass needs all of it: its exit code, its last word, no failure anywhere, and a chain that begins with the
 * certificate it began with. Whatever is not understood is no answer.
 */
export function authenticode({ code, output }: NonNullable<ToolEnd>, rootsGiven: boolean): CodeSignature {
  const subject = firstAfter(output, "Signer's certificate:", 'Subject')
  const called = line(subject, 200) || 'somebody'
  if (code !== 0 && /^Unknown option: -ignore-crl\s*$/m.test(output))
    return says(
      'unavailable',
      'Authenticode: this osslsigncode is older than 2.9, and would fetch from addresses in the file: it was not asked.',
    )
  if (/no signature found|does not have a signature|unsigned/i.test(output))
    return says('unavailable', 'The file carries no Authenticode signature.')
  if (/MISMATCH/.test(output)) return says('fail', `Authenticode: the signature is not of this content (${called}).`)
  const failed = /^\s*Signature verification: failed\s*$/m.test(output)
  const chain = lastChain(output)
  if (code === 0 && !failed && /^\s*Signature verification: ok\s*$/m.test(output) && /^\s*Succeeded\s*$/m.test(output) && chain)
    return passed(output, subject, chain, rootsGiven)
  if (failed) return refused(output, called, rootsGiven)
  return /initialization error|unrecognized|unsupported/i.test(output)
    ? says('unavailable', 'The file cannot be read as one that Authenticode signs.')
    : unread('osslsigncode')
}

/** Forged is only what no other roots and no other time could make good. */
function refused(output: string, called: string, rootsGiven: boolean): CodeSignature {
  if (FORGED.test(output)) return says('fail', `Authenticode: the signature does not hold (${called}).`)
  if (REVOKED.test(output)) return says('fail', `Authenticode: the certificate was revoked (${called}).`)
  if (PURPOSE.test(output)) return says('fail', `Authenticode: the certificate is not one for programs (${called}).`)
  const reason = CHAIN.exec(output)?.[1]
  if (TROUBLE.test(output)) return unread('osslsigncode')
  if (reason === undefined) return says('fail', `Authenticode: the signature does not hold (${called}).`)
  const roots = rootsGiven ? 'the policy names' : 'this machine trusts'
  return says('unavailable', `Authenticode: signed by ${called}, which leads to no root that ${roots} (${line(reason, 100)}).`)
}

function passed(output: string, subject: string, chain: Chain, rootsGiven: boolean): CodeSignature {
  // Of several signatures in a file the tool tells of each: only where the verified one is the first one told of is its signer named.
  const signer = chain.subject === subject ? organisationOf(subject) : null
  const root = `its chain ends at ${line(chain.root, 120)}, a root that ${rootsGiven ? 'the policy names' : 'this machine trusts'}`
  return says(
    'pass',
    `Authenticode: signed by ${line(chain.subject, 200)}, certified by ${line(chain.issuer, 200)}, ${timestampIn(output)}; ${root}. Whether it was revoked was not asked.`,
    signer,
  )
}

interface Chain {
  readonly subject: string
  readonly issuer: string
  readonly root: string
}

/** The last chain it tells of, and not the first: what a signer calls his program is printed before it, and may say anything. */
function lastChain(output: string): Chain | null {
  const at = output.lastIndexOf('Signing certificate chain verified using:')
  if (at < 0) return null
  const told = output.slice(at)
  const subjects = valuesOf(told, 'Subject')
  const issuers = valuesOf(told, 'Issuer')
  const [root, subject, issuer] = [subjects[0], subjects.at(-1), issuers.at(-1)]
  return root && subject && issuer ? { root, subject, issuer } : null
}

function timestampIn(output: string): string {
  const at = /^\s*Timestamp time: (.{1,60})$/m.exec(output)?.[1]
  if (at === undefined) return 'without a timestamp'
  const holds = /^\s*Timestamp Server Signature verification: ok\s*$/m.test(output)
  return holds ? `with a timestamp of ${line(at, 60)}` : `with a timestamp of ${line(at, 60)} that is not proved`
}

const valuesOf = (text: string, field: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\\s*${field}\\s*: ?(.+)$`, 'gm'))].map(([, value = '']) => value.trim())

const firstAfter = (text: string, mark: string, field: string): string =>
  text.includes(mark) ? (valuesOf(text.slice(text.indexOf(mark)), field)[0] ?? '') : ''

/** `/C=US/O=Vendor Inc./CN=...`: nothing in it is escaped, so that a name with another `/O=` in it is nobody's. */
function organisationOf(subject: string): Signer | null {
  const [name, ...more] = [...subject.matchAll(/\/O=(.*?)(?=\/[A-Za-z][A-Za-z0-9.]*=|$)/g)].map(([, value = '']) => value.trim())
  return name && more.length === 0 ? { kind: 'organisation', name } : null
}

import { own } from '../own.ts'
import { isVendors } from './lookalike.ts'
import { line } from './text.ts'
import { VENDORS, type Vendor } from './vendors.ts'
import type { Check, CheckOutcome } from './verification.ts'

/** Who signed a file. Only of a signature that holds and leads to somebody whom the machine trusts: else anybody can write any name. */
export type Signer =
  | { readonly kind: 'organisation'; readonly name: string }
  /** Hex digits, lower case: the whole fingerprint of a primary key, else what a tool shows of a key, at least eight digits. */
  | { readonly kind: 'key'; readonly id: string }

/** Whose bulletin it is, and the fingerprints of the keys that its packages are signed with. */
export interface Publisher {
  readonly name: string
  readonly namespace: string
  readonly packageKeys: readonly string[]
}

const check = (outcome: CheckOutcome, evidence: string): Check => ({ name: 'code-signer', outcome, evidence })

/**
 * Is it the vendor of the bulletin who signed the file? A wrong signer is a failure, unless the file is `proved` to be the very one that the
 * bulletin names: vendors do ship what others signed. A right signer proves no more than that: which of his files it is, only the hash says.
 */
export function signerCheck(signer: Signer, publishers: readonly Publisher[], proved: boolean): Check {
  const answers = publishers.map((publisher) => (signer.kind === 'key' ? byKey(signer.id, publisher) : byName(signer.name, publisher)))
  const [first] = answers
  if (!first) return check('unavailable', `${calledBy(signer)}: the change has no bulletin to compare the signer with.`)
  // Of a change with several bulletins the file belongs to one: who is right for that one is right.
  const best = ['pass', 'unavailable', 'fail'].flatMap((outcome) => answers.filter((answer) => answer.outcome === outcome))[0] ?? first
  return best.outcome === 'fail' && proved
    ? check('unavailable', `${best.evidence} It is the file that the bulletin names all the same.`)
    : best
}

const calledBy = (signer: Signer): string => `Signed by ${signer.kind === 'key' ? `the key ${signer.id}` : line(signer.name, 120)}`

function byKey(id: string, { name, packageKeys }: Publisher): Check {
  const signed = calledBy({ kind: 'key', id })
  const of = line(name, 80)
  if (packageKeys.length === 0) return check('unavailable', `${signed}; the policy pins no package key for the source of this bulletin.`)
  if (packageKeys.includes(id)) return check('pass', `${signed}, which is pinned for packages of ${of}.`)
  // Keys with the same last digits can be made in minutes.
  return packageKeys.some((pinned) => isOf(id, pinned))
    ? check(
        'unavailable',
        `${signed}: that is all that is known of the key. It fits one that is pinned for packages of ${of}, whose whole fingerprint packageKeyFile of the policy would compare.`,
      )
    : check('fail', `WRONG SIGNER: ${low(signed)}, which is none of those that are pinned for packages of ${of}.`)
}

/** Do both name the same one, as far as they say? A key may be known by its whole fingerprint or by its id alone. */
export function isSameSigner(a: Signer, b: Signer): boolean {
  if (a.kind === 'organisation' || b.kind === 'organisation') return a.kind === b.kind && nameIn(a) === nameIn(b)
  return isOf(a.id, b.id) || isOf(b.id, a.id)
}

const nameIn = (signer: Signer): string => (signer.kind === 'organisation' ? signer.name : signer.id)

/** RFC 9580, 5.5.4: the id is the end of a fingerprint of version 4, and the beginning of one of version 6. */
const isOf = (id: string, pinned: string): boolean => (pinned.length === 64 ? pinned.startsWith(id) : pinned.endsWith(id))

function byName(name: string, publisher: Publisher): Check {
  const signed = calledBy({ kind: 'organisation', name })
  const vendor = vendorOf(publisher.namespace)
  const of = vendor?.name ?? line(publisher.name, 80)
  if (vendor?.coordinator) return check('unavailable', `${signed}; the bulletin is of ${of}, who signs nobody's files.`)
  const names = vendor ? [vendor.name, ...(own(SIGN_AS, vendor.name) ?? [])] : [publisher.name]
  if (bare(name) !== '' && names.some((one) => bare(one) === bare(name))) return check('pass', `${signed}, the vendor of the bulletin.`)
  if (vendor === null) return check('unavailable', `${signed}; whether that is ${of}, whose bulletin it is, nobody here knows.`)
  // Letters that only look like its brand are an imitation, and no name of its own.
  return vendor.brands.some((brand) => bare(name).includes(brand))
    ? check('unavailable', `${signed}: it calls itself like ${of}, and is not one of the names that ${of} is known to sign with.`)
    : check('fail', `WRONG SIGNER: ${low(signed)}, and the bulletin is of ${of}.`)
}

const low = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

function vendorOf(namespace: string): Vendor | null {
  if (!URL.canParse(namespace)) return null
  const { hostname } = new URL(namespace)
  return VENDORS.find((vendor) => isVendors(hostname, vendor)) ?? null
}

/** Names beside the usual one that vendors sign with, as their public certificates say. One that is missing is not called right, and not wrong. */
const SIGN_AS: Readonly<Record<string, readonly string[]>> = {
  Cisco: ['Cisco Systems'],
  Oracle: ['Oracle America'],
  Adobe: ['Adobe Systems'],
  Citrix: ['Citrix Systems', 'Cloud Software Group'],
  'Broadcom (VMware)': ['VMware', 'Broadcom'],
  'Check Point': ['Check Point Software Technologies'],
  'Palo Alto Networks': ['Palo Alto Networks', 'Palo Alto Networks (Netherlands)'],
  Fortinet: ['Fortinet', 'Fortinet Technologies (Canada)'],
  Juniper: ['Juniper Networks'],
  'Canonical (Ubuntu)': ['Canonical', 'Canonical Group'],
  Dell: ['Dell Technologies'],
}

const LEGAL =
  /\b(?:incorporated|inc|corporation|corp|company|limited|ltd|llc|ulc|gmbh|ag|se|s\.?a|b\.?v|plc|pty|oy|ab|a\/s|a\.?s|s\.?r\.?l)\b\.?/gi

/** A company's name without what says of which law it is: letters and digits only. */
const bare = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(LEGAL, ' ')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')

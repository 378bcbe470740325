import { z } from 'zod'
import { id } from './fields.ts'

const host = z.string().regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'expected a host name such as www.redhat.com')
const url = z.url({ protocol: /^https$/, error: 'expected an https address' })
const fingerprint = z.string().regex(/^[0-9a-f]{40}$|^[0-9a-f]{64}$/, 'expected 40 (or 64) lower-case hex digits of a primary key')

const release = url.refine((value) => /\/dists\/[^?#]+\/InRelease$/.test(value), {
  error: 'expected the address of an InRelease, such as https://deb.debian.org/debian-security/dists/bookworm-security/InRelease',
})

/** What every source has. */
const common = {
  id,
  name: z.string().min(1),
  /** Minutes between two looks. */
  everyMinutes: z.number().int().min(1).max(10_080).default(60),
  /** Largest answer that is taken, in megabytes. */
  maxMegabytes: z.number().positive().max(200).default(32),
  /** Private networks (CIDR) that this source may be fetched from: an intranet mirror. Nothing else may be private. */
  allowNetworks: z.array(z.union([z.cidrv4(), z.cidrv6()], 'expected a network such as 10.1.0.0/16')).default([]),
  /** Days without any news after which the source counts as failing; null: by its habit (`longestSilence`). */
  silentDays: z.number().int().positive().nullable().default(null),
  /** Fingerprints of the keys that packages (rpm) of this source are signed with: another signer of a patch file is a wrong one. */
  packageKeys: z.array(fingerprint).optional(),
  /** File with these keys, armoured or binary: with it a package is checked by their whole fingerprints, and an archive can be. */
  packageKeyFile: z.string().min(1).optional(),
  /** Debian archives of this source, whose releases are signed with these keys. */
  archives: z.array(release).max(10).optional(),
  /** File with the roots (PEM) that code signatures (Authenticode) of this source may lead to, instead of those of the machine. */
  codeRootsFile: z.string().min(1).optional(),
}

/** Who may speak by which key. */
const pinned = {
  /** Fingerprint of the primary key that may speak for `namespaces`. */
  keyFingerprint: fingerprint,
  /** What the card says about the key, e.g. "Patchcrier sample key, not the vendor's". */
  keyOwner: z.string().min(1),
  /** Hosts of publisher namespaces that the key may speak for, e.g. `www.redhat.com`. */
  namespaces: z.array(host).min(1),
}

/** A folder of CSAF documents with their sidecars, filled by somebody else. */
const csafFolder = z.strictObject({
  ...common,
  kind: z.literal('csaf-folder'),
  ...pinned,
  /** Where the documents are. The sample has its own. */
  folder: z.string().min(1).optional(),
  /** File with the armoured public key. */
  keyFile: z.string().min(1).optional(),
})

/** A CSAF provider over https. Without `keyFingerprint` the keys that it shows when it is first asked are pinned. */
const csaf = z.strictObject({
  ...common,
  kind: z.literal('csaf'),
  /** A domain (well-known, security.txt and DNS name are tried), a provider-metadata.json, a ROLIE feed or a directory. */
  provider: z.union([url, host], 'expected an https address or a host name'),
  keyFingerprint: fingerprint.optional(),
  keyOwner: z.string().min(1).optional(),
  namespaces: z.array(host).min(1),
  /** Only documents whose ids begin so, e.g. `RHSA-`; empty: all. */
  idPrefixes: z.array(z.string().min(1)).default([]),
})

/** RSS, Atom or RDF. It triggers, it never proves: what it says is UNCONFIRMED until something independent confirms it. */
const feed = z.strictObject({
  ...common,
  kind: z.literal('feed'),
  url,
  publisher: z.string().min(1),
  /** Hosts that links of its items may lead to; a link elsewhere is dropped and said. */
  domains: z.array(host).min(1),
})

/** OSV records: https (the bucket's layout: ECOSYSTEM/modified_id.csv and ECOSYSTEM/ID.json) or a folder of JSON files. */
const osv = z.strictObject({
  ...common,
  kind: z.literal('osv'),
  url: url.optional(),
  folder: z.string().min(1).optional(),
  /** As OSV writes them, e.g. `Debian:12`, `AlmaLinux:9`, `npm`, `PyPI`. */
  ecosystems: z.array(z.string().min(1)).min(1),
})

/** CISA's catalogue of known exploited vulnerabilities: facts about CVE ids, no bulletins. */
const kev = z.strictObject({ ...common, kind: z.literal('kev'), url })

/** Microsoft's months over its CVRF API. Each product family of a month is a bulletin, and they share one card. */
const msrc = z.strictObject({
  ...common,
  kind: z.literal('msrc'),
  url: url.default('https://api.msrc.microsoft.com/cvrf/v3.0/'),
  maxMegabytes: z.number().positive().max(200).default(100),
  /** Product families as Microsoft names them, e.g. `Windows`, `ESU`, `Microsoft Office`; empty: all. */
  families: z.array(z.string().min(1)).default([]),
})

/** Microsoft's Security Update Guide, where a change of one vulnerability stands before its month has it. It tells of the same bulletins as `msrc`. */
const msrcGuide = z.strictObject({
  ...common,
  kind: z.literal('msrc-guide'),
  /** Its lists `vulnerability` and `affectedProduct` are below this. */
  url: url.default('https://api.msrc.microsoft.com/sug/v2.0/sugodata/v2.0/en-US/'),
  /** Largest list that is taken, all its pages together. */
  maxMegabytes: z.number().positive().max(200).default(100),
  /** As in `msrc`. */
  families: z.array(z.string().min(1)).default([]),
})

/** Notices that a publisher lists in one place and has in another; the addresses are known by format. */
const advisory = z.strictObject({
  ...common,
  kind: z.literal('advisory'),
  format: z.enum(['ubuntu', 'debian', 'mozilla']),
  /** Another address of the list: a mirror. */
  url: url.optional(),
  /** Another address below which the notices are. */
  details: url.optional(),
})

/** What is said of the vulnerabilities that matter here: CVE records with CISA's SSVC decision points, and EPSS. No bulletins. */
const cve = z.strictObject({
  ...common,
  kind: z.literal('cve'),
  /** A record is at this address with its id behind it. */
  url: url.default('https://cveawg.mitre.org/api/cve/'),
  /** Asked with `?cve=A,B,C`; null: not at all. */
  epss: url.nullable().default('https://api.first.org/data/v1/epss'),
})

/** Whom a mailbox listens to. */
const sender = z.strictObject({
  /** A domain, or one address of it: then nobody else there. Exactly this one, nothing below it. */
  from: z
    .string()
    .regex(
      /^(?:[a-z0-9._+-]+@)?(?=[^@]{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/,
      'expected a domain such as vendor.com, or an address, in lower case',
    ),
  publisher: z.string().min(1),
  /** How the ids begin that it may speak of, e.g. `RHSA-`. A CVE id is nobody's own. */
  idPrefixes: z
    .array(z.string().regex(/^(?!cve)[a-z][a-z0-9 ._-]{1,30}$/i, 'expected the beginning of the publisher’s own ids, such as RHSA-'))
    .min(1),
  /** Keys of OpenPGP that sign its notices. Then nothing without a good signature by one of them counts, and only what is signed. */
  openpgp: z
    .strictObject({
      /** File with the armoured public keys, beside the policy. */
      keyFile: z.string().min(1),
      keys: z.array(z.strictObject({ keyFingerprint: fingerprint, keyOwner: z.string().min(1) })).min(1),
    })
    .optional(),
})

/** A mailbox where vendors' notices arrive. Its secrets come by the environment. Nothing in it is changed. */
const mailbox = z.strictObject({
  ...common,
  kind: z.literal('mailbox'),
  everyMinutes: z.number().int().min(1).max(10_080).default(10),
  /** Largest mail that is fetched. */
  maxMegabytes: z.number().positive().max(10).default(10),
  host,
  /** 993: TLS from the beginning. 143: STARTTLS, which must succeed. Others are for allowed networks only. */
  port: z.number().int().min(1).max(65_535).default(993),
  /** How the connection becomes a secure one; absent: by the port. There is no way without. */
  tls: z.enum(['from the beginning', 'starttls']).optional(),
  user: z.string().min(1),
  /** Where the server takes no passwords (Microsoft 365, Google): a token of OAuth is asked for. Its secrets come by the environment. */
  oauth: z
    .strictObject({
      tokenUrl: url,
      clientId: z.string().min(1),
      /** What the token is for, e.g. `https://outlook.office365.com/.default`. */
      scope: z.string().min(1).optional(),
      /** `client credentials`: the app has a right of its own; `refresh token`: somebody gave it one. */
      grant: z.enum(['client credentials', 'refresh token']).default('client credentials'),
    })
    .optional(),
  folder: z.string().min(1).default('INBOX'),
  senders: z.array(sender).min(1),
})

export const source = z.discriminatedUnion('kind', [csafFolder, csaf, feed, osv, kev, msrc, msrcGuide, advisory, cve, mailbox])

export type SourceRule = z.infer<typeof source>
export type SourceKind = SourceRule['kind']
/** The rule of one kind of source. */
export type SourceRuleOf<K extends SourceKind> = Extract<SourceRule, { kind: K }>

import type { Evr } from '../../../src/core/identify/bulletin.ts'

export interface RpmBuild {
  readonly name: string
  readonly arch: string
  readonly evr: Evr
}

const NEVRA = /^(?<name>[^\s:/]+)-(?<epoch>\d{1,9}):(?<version>[^\s:-]+)-(?<release>[^\s:-]+)\.(?<arch>[A-Za-z0-9_]+)$/

/** `openssl-1:1.1.1k-9.el8_6.x86_64`: how Red Hat names a build, before 2024 the only way. Null when it is something else. */
export const parseNevra = (id: string): RpmBuild | null => {
  const parts = NEVRA.exec(id)?.groups
  if (parts === undefined) return null
  const { name = '', epoch = '0', version = '', release = '', arch = '' } = parts
  return { name, arch, evr: { epoch: Number(epoch), version, release } }
}

const PURL = /^pkg:rpm\/(?:[^/@?#]+\/)*(?<name>[^/@?#]+)@(?<version>[^?#]+)\?(?<qualifiers>[^#]+)/

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** A package URL of an rpm: `epoch` is null when the purl carries none. Null when it is no rpm with version, release and arch. */
export const parsePurl = (
  purl: string,
): {
  readonly name: string
  readonly version: string
  readonly release: string
  readonly arch: string
  readonly epoch: number | null
} | null => {
  const parts = PURL.exec(purl)?.groups
  if (parts === undefined) return null
  const name = decoded(parts.name ?? '')
  const [, version, release] = /^([^\s:-]+)-([^\s:-]+)$/.exec(decoded(parts.version ?? '') ?? '') ?? []
  const qualifiers = new URLSearchParams(parts.qualifiers ?? '')
  const arch = qualifiers.get('arch')
  const epoch = qualifiers.get('epoch')
  if (!name || !version || !release || !arch || (epoch !== null && !/^\d{1,9}$/.test(epoch))) return null
  return { name, version, release, arch, epoch: epoch === null ? null : Number(epoch) }
}

/**
 * The build that a product of the tree is. The purl says it best; where it carries no epoch, the product id may (older purls
 * left it out). Null when neither names an rpm, `conflict` when they name different ones.
 */
export const buildOf = (productId: string, purl: string | undefined): RpmBuild | 'conflict' | null => {
  const nevra = parseNevra(productId)
  const url = purl === undefined ? null : parsePurl(purl)
  if (url === null) return nevra
  const evr: Evr = { epoch: url.epoch ?? nevra?.evr.epoch ?? 0, version: url.version, release: url.release }
  const build: RpmBuild = { name: url.name, arch: url.arch, evr }
  if (nevra === null) return build
  const same =
    nevra.name === build.name &&
    nevra.arch === build.arch &&
    nevra.evr.epoch === evr.epoch &&
    nevra.evr.version === evr.version &&
    nevra.evr.release === evr.release
  return same ? build : 'conflict'
}

/** Builds that carry debugging data only: told nowhere, but matched like any other. */
export const isDebug = (name: string): boolean => /-debug(info|source)(-|$)/.test(name)

/** Packages that only take effect after a boot. */
export const isKernel = (name: string): boolean => /^kernel(-rt|-uek|-64k|-debug|-zfcpdump)*(-core)?$/.test(name)

/** `1:1.1.1k-9.el8_6` */
export const evrText = (evr: Evr): string => `${evr.epoch}:${evr.version}-${evr.release}`

import type { Asset, Install } from '../../src/core/assess/asset.ts'
import { parseNevra } from '../../src/core/assess/rpm.ts'
import { parseVersion } from '../../src/core/assess/scheme.ts'
import type { Bulletin, FixedBuild, Scheme } from '../../src/core/identify/bulletin.ts'
import { anAsset } from '../support/asset.ts'
import { aBulletin } from '../support/bulletin.ts'

export const STREAM = 'BaseOS-8.6.0.Z.EUS'

/** `name-epoch:version-release.arch` as an install. */
export function nevra(text: string): Install {
  const install = parseNevra(text)
  if (install === null) throw new Error(`not a name-epoch:version-release.arch: ${text}`)
  return install
}

/** The same text as a build that fixes something in `stream`. */
export function build(stream: string, text: string): FixedBuild {
  const { scheme, name, arch, ...evr } = nevra(text)
  return { stream, scheme, name, arch, evr, cves: [] }
}

/** An install of any scheme. */
export function install(scheme: Scheme, name: string, version: string, arch = 'amd64'): Install {
  const evr = parseVersion(scheme, version)
  if (evr === null) throw new Error(`not a version of ${scheme}: ${version}`)
  return { scheme, name, arch, ...evr }
}

/** A build of any architecture that fixes something in stream `main`; `more` says what differs. */
export function fixedIn(scheme: Scheme, name: string, version: string, more: Partial<FixedBuild> = {}): FixedBuild {
  const { arch: _, name: __, scheme: ___, ...evr } = install(scheme, name, version)
  return { stream: 'main', scheme, name, arch: '*', evr, cves: [], ...more }
}

export const bulletin = (vendorId: string, fixed: readonly FixedBuild[]): Bulletin =>
  aBulletin({ source: 'sample-csaf', vendorId, title: vendorId, severity: 'moderate', vulnerabilities: [], fixed, restart: 'none stated' })

/** A production server of the company in the stream `STREAM`; `more` says what differs. */
export const asset = (host: string, installs: readonly string[], more: Partial<Asset> = {}): Asset =>
  anAsset({
    host,
    lastSeen: '2026-11-23T12:00:00.000Z',
    operatingSystem: 'Red Hat Enterprise Linux 8.6 EUS',
    streams: [STREAM],
    installs: installs.map(nevra),
    ...more,
  })

import type { Evr, Scheme } from '../../../src/core/identify/bulletin.ts'
import { own } from '../../../src/core/own.ts'

/** Ecosystem of OSV, without what follows the colon -> how its versions are written. Others are `generic`. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  AlmaLinux: 'rpm',
  Azure: 'rpm',
  'Azure Linux': 'rpm',
  Mageia: 'rpm',
  openEuler: 'rpm',
  openSUSE: 'rpm',
  'Photon OS': 'rpm',
  'Red Hat': 'rpm',
  'Rocky Linux': 'rpm',
  SUSE: 'rpm',
  Debian: 'dpkg',
  Ubuntu: 'dpkg',
  Alpaquita: 'apk',
  Alpine: 'apk',
  BellSoft: 'apk',
  Chainguard: 'apk',
  MinimOS: 'apk',
  Wolfi: 'apk',
  'crates.io': 'semver',
  Go: 'semver',
  Hex: 'semver',
  npm: 'semver',
  NuGet: 'semver',
  Packagist: 'semver',
  Pub: 'semver',
  SwiftURL: 'semver',
  PyPI: 'pep440',
}

/** `Debian:12` -> `Debian`: the folder of the bucket. */
export const familyOf = (ecosystem: string): string => ecosystem.split(':', 1)[0] ?? ecosystem

export const schemeOf = (ecosystem: string): Scheme => own(SCHEMES, familyOf(ecosystem)) ?? 'generic'

const EPOCH = /^(\d{1,9}):(.+)$/

/** A version as its scheme has parts: rpm and dpkg epoch, version and release (behind the last dash); the others are one text. */
export const evrOf = (scheme: Scheme, text: string): Evr => {
  if (scheme !== 'rpm' && scheme !== 'dpkg') return { epoch: 0, version: text, release: '' }
  const [, epoch = '0', rest = text] = EPOCH.exec(text) ?? []
  const dash = rest.lastIndexOf('-')
  return dash < 0
    ? { epoch: Number(epoch), version: rest, release: '' }
    : { epoch: Number(epoch), version: rest.slice(0, dash), release: rest.slice(dash + 1) }
}

/** A version that somebody wrote: no blanks, no control characters, not endless. */
export const isVersion = (text: string): boolean => /^[\x21-\x7e]{1,128}$/.test(text)

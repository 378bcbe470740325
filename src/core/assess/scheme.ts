import type { Evr, Scheme } from '../identify/bulletin.ts'
import type { Install } from './asset.ts'
import { compareEvr, formatEvr, parseEvr } from './rpm.ts'
import { compareApk, formatApk, parseApk } from './schemes/apk.ts'
import { compareDpkg, formatDpkg, parseDpkg } from './schemes/dpkg.ts'
import { compareGeneric, formatGeneric, parseGeneric } from './schemes/generic.ts'
import type { Order } from './schemes/order.ts'
import { comparePep440, formatPep440, parsePep440 } from './schemes/pep440.ts'
import { compareSemver, formatSemver, parseSemver } from './schemes/semver.ts'

/** How versions of one kind are read, written and put in order. */
interface Rules {
  parse(text: string): Evr | null
  format(version: Evr): string
  compare(a: Evr, b: Evr): Order
}

const RULES: Readonly<Record<Scheme, Rules>> = {
  rpm: { parse: parseEvr, format: formatEvr, compare: compareEvr },
  dpkg: { parse: parseDpkg, format: formatDpkg, compare: compareDpkg },
  apk: { parse: parseApk, format: formatApk, compare: compareApk },
  semver: { parse: parseSemver, format: formatSemver, compare: compareSemver },
  pep440: { parse: parsePep440, format: formatPep440, compare: comparePep440 },
  generic: { parse: parseGeneric, format: formatGeneric, compare: compareGeneric },
}

/** Reads a version as its scheme writes it; null when it is something else. */
export const parseVersion = (scheme: Scheme, text: string): Evr | null => RULES[scheme].parse(text)

/** A version as its scheme writes it, e.g. `1:1.1.1k-9.el8_6` (rpm, the epoch always shown), `3.0.11-1~deb12u2` (dpkg). */
export const formatVersion = (scheme: Scheme, version: Evr): string => RULES[scheme].format(version)

/** The native order of the scheme, a total one. */
export const compareVersions = (scheme: Scheme, a: Evr, b: Evr): Order => RULES[scheme].compare(a, b)

/** The version of an install as its scheme writes it. */
export const installedVersion = (install: Install): string => formatVersion(install.scheme, install)

/**
 * An end of a range, which may be shorter than a version: OSV's `0` is the very beginning, and a bound without a release is
 * about all releases. Null when it says nothing that could be compared.
 */
export function parseBound(scheme: Scheme, text: string): Evr | null {
  if (text === '0' || text === '') return null
  return parseVersion(scheme, text) ?? (scheme === 'rpm' ? parseBareRpm(text) : null)
}

function parseBareRpm(text: string): Evr | null {
  const read = parseEvr(`${text}-0`)
  return read && { ...read, release: '' }
}

/** Where an installed version stands against an end of a range. A bound without a release does not look at releases. */
export const compareToBound = (scheme: Scheme, installed: Evr, bound: Evr): Order =>
  compareVersions(scheme, bound.release === '' ? { ...installed, release: '' } : installed, bound)

import type { Scheme } from '../../identify/bulletin.ts'
import type { Install } from '../asset.ts'
import { parseNevra } from '../rpm.ts'
import { parseVersion } from '../scheme.ts'

/** Architectures as rpm, dpkg and apk name them. Anything else behind the last dot belongs to the version. */
const ARCHES = new Set(
  'noarch all any src x86_64 amd64 i386 i486 i586 i686 x86 x64 aarch64 arm64 armhf armel armv7 armv7hl armv7l ppc64 ppc64le ppc64el s390x riscv64 loong64 loongarch64 mips64el'.split(
    ' ',
  ),
)

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._+@/:-]{0,199}$|^@[\p{L}\p{N}._/-]{1,199}$/u

const SYSTEMS: readonly (readonly [RegExp, Scheme])[] = [
  [/\b(debian|ubuntu|raspbian|kali|mint|proxmox)\b/i, 'dpkg'],
  [/\balpine\b/i, 'apk'],
  [/\b(red ?hat|rhel|centos|rocky|alma(linux)?|fedora|oracle linux|amazon linux|suse|sles|opensuse|photon|mariner)\b/i, 'rpm'],
]

/** How packages of an operating system write their versions, as far as its name tells; `generic` for all others. */
export const schemeOfSystem = (operatingSystem: string): Scheme => SYSTEMS.find(([name]) => name.test(operatingSystem))?.[1] ?? 'generic'

/** A package whose parts are apart. Null when the name or the version cannot be read, or rpm or dpkg lack the architecture. */
export function packageOf(scheme: Scheme, name: string, version: string, arch: string): Install | null {
  const evr = NAME.test(name) ? parseVersion(scheme, version) : null
  const known = arch === '' && scheme !== 'rpm' && scheme !== 'dpkg' ? 'noarch' : arch
  return evr && /^\w{1,20}$/.test(known) ? { scheme, name, arch: known, ...evr } : null
}

/** Reads `name=version.arch`, or for an rpm also `name-epoch:version-release.arch`. Null when the text is something else. */
export function readPackage(scheme: Scheme, text: string): Install | null {
  const [name = '', rest] = text.trim().split(/=(.*)/s)
  if (rest === undefined) return scheme === 'rpm' ? parseNevra(name) : null
  const [, version = rest, arch = ''] = /^(.+)\.(\w+)$/.exec(rest) ?? []
  return ARCHES.has(arch) ? packageOf(scheme, name, version, arch) : packageOf(scheme, name, rest, '')
}

const MOST = 3

/** One sentence for all packages of a line that cannot be read; null when there are none. */
export function unreadable(broken: readonly string[], all: number): string | null {
  if (broken.length === 0) return null
  const named = broken.slice(0, MOST).map((text) => JSON.stringify(text.slice(0, 60)))
  const more = broken.length > MOST ? ` (+${broken.length - MOST} more)` : ''
  return `${broken.length} of ${all} packages cannot be read and are not taken: ${named.join(', ')}${more}`
}

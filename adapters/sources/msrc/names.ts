import type { Evr } from '../../../src/core/identify/bulletin.ts'
import { distinct } from '../../../src/core/identify/text.ts'

const MOST_NAMES = 60

const KIND_OF_MACHINE = /\s+for\s+(?:x64|x86|32-bit|64-bit|arm64|itanium)[- ]?(?:based)?\s*(?:systems|editions?)?(?=\s|$)/gi

/** `Windows Server 2022 (Server Core installation)` -> `windows server 2022`: the product, without the machine it is for. */
const bare = (product: string): string =>
  product
    .toLowerCase()
    .replace(/\s*\([^)]*\)/g, '')
    .replace(KIND_OF_MACHINE, '')
    .replace(/\s+/g, ' ')
    .trim()

/**
 * Names by which a person, or an inventory, knows these products. Windows calls itself `Microsoft Windows ...` where it is asked. Which
 * versions are affected is said by nobody in a way that a host could be compared with: a person says it.
 */
export const namesOf = (products: readonly string[]): readonly string[] =>
  distinct(products.map(bare).flatMap((name) => (name.startsWith('windows ') ? [name, `microsoft ${name}`] : [name]))).slice(0, MOST_NAMES)

/** A package of Microsoft's own Linux, in a release of it. */
export interface LinuxPackage {
  readonly name: string
  readonly stream: string
}

/** `azl3 kernel 6.6.121.1-1 on Azure Linux 3.0` -> kernel in Azure Linux 3.0; null: something else. */
export const linuxPackage = (product: string): LinuxPackage | null => {
  const found = /^(?:azl\d|cbl\d)\s+(\S{1,100})\s+\S{1,100}\s+on\s+((?:Azure Linux|CBL Mariner) \d[\d.]*)$/.exec(product)
  return found?.[1] && found[2] ? { name: found[1], stream: found[2] } : null
}

/** `6.6.126.1-1` as rpm has it; null: not a version. */
export const rpmBuild = (text: string): Evr | null => {
  const found = /^(?:(\d{1,9}):)?([A-Za-z0-9._+~^]{1,100})-([A-Za-z0-9._+~^]{1,100})$/.exec(text)
  return found?.[2] && found[3] ? { epoch: Number(found[1] ?? 0), version: found[2], release: found[3] } : null
}

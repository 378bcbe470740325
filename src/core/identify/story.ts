import type { Bulletin } from './bulletin.ts'

/** Ids that only one vendor gives out: whoever tells of one of them tells of the same bulletin. */
const VENDORS =
  /^(?:rh[sbe]a|usn|lsn|dsa|dla|al[sbe]a|rl[sbe]a|els?a|suse-[sroef]u|opensuse-[sroe]u|fedora|mfsa|mgasa|glsa|asa|icsa|icsma|va|cisco-sa|fg-ir|pysec|go|rustsec|cve|ssa|adv|vmsa)-\d/

/** `RHSA-2023:3408` and `rhsa-2023_3408` are one id. */
const flat = (vendorId: string): string =>
  vendorId
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** Letters and digits of GitHub's ids: `GHSA-xxxx-xxxx-xxxx`. */
const GITHUB = /^ghsa(?:-[a-z0-9]{4}){3}$/

/**
 * What is the same for all who tell of one bulletin: the vendor's own id where it is one that only one vendor gives out, else the id
 * within its source.
 */
export function storyOf({ source, vendorId }: Pick<Bulletin, 'source' | 'vendorId'>): string {
  const id = flat(vendorId)
  return VENDORS.test(id) || GITHUB.test(id) ? id : `${source}/${vendorId}`
}

import type { Bulletin } from './bulletin.ts'

/** Ids that only one vendor gives out: whoever tells of one of them tells of the same bulletin. */
const VENDORS =
  /^(?:rh[sbe]a|usn|lsn|dsa|dla|al[sbe]a|rl[sbe]a|els?a|suse-[sroef]u|opensuse-[sroe]u|fedora|mfsa|mgasa|glsa|asa|icsa|icsma|va|fg-ir|pysec|go|rustsec|ssa|adv|vmsa)-\d/

/** `RHSA-2023:3408` and `rhsa-2023_3408` are one id. */
const flat = (vendorId: string): string =>
  vendorId
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** Ids with words and letters: `GHSA-xxxx-xxxx-xxxx`, `cisco-sa-asaftd-xss-webui-gfEcWgPS`, and ours for a part of a Microsoft month. */
const WORDS =
  /^ghsa(?:-[a-z0-9]{4}){3}$|^cisco-sa(?:-[a-z0-9]+){2,}$|^msrc(?:-\d{4})?-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:-[a-z0-9]+)+$/

/**
 * What is the same for all who tell of one bulletin: the vendor's own id where it is one that only one vendor gives out, else the id
 * within its source.
 */
export function storyOf({ source, vendorId }: Pick<Bulletin, 'source' | 'vendorId'>): string {
  const id = flat(vendorId)
  return VENDORS.test(id) || WORDS.test(id) ? id : `${source}/${vendorId}`
}

import { createHash } from 'node:crypto'
import { cvesIn } from '../../../src/core/identify/names.ts'

/** How publishers number their notices; the first that is found counts. `$0` as it stands, upper case where they write it so. */
const PATTERNS: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/\b(USN|LSN)-(\d{1,5}-\d{1,3})\b/i, ([, kind = '', rest]) => `${kind.toUpperCase()}-${rest}`],
  [/\b(DSA|DLA|DTSA|ELA)[- ](\d{1,5}(?:-\d{1,3})?)\b/i, ([, kind = '', rest]) => `${kind.toUpperCase()}-${rest}`],
  [/\b(RH[SBE]A|AL[SBE]A|RL[SBE]A|RX[SBE]A)-(\d{4}:\d{1,6})\b/i, ([all]) => all.toUpperCase()],
  [/\bEL[SBE]A-\d{4}-\d{1,6}\b/i, ([all]) => all.toUpperCase()],
  [/\b(openSUSE|SUSE)-([SROF]U)-(\d{4}:\d{1,6}-\d{1,2})\b/i, ([all]) => all.replace(/^suse/i, 'SUSE').replace(/^opensuse/i, 'openSUSE')],
  [/\bGHSA(?:-[23456789cfghjmpqrvwx]{4}){3}\b/i, ([all]) => `GHSA${all.slice(4).toLowerCase()}`],
  [/\bMFSA[ -]?(\d{4}-\d{1,3})\b/i, ([, rest]) => `MFSA-${rest}`],
  [/\bcisco-sa-[\w-]{3,80}\b/i, ([all]) => all],
  [/\bFG-IR-\d{2}-\d{1,4}\b/i, ([all]) => all.toUpperCase()],
  [/\bICSM?A-\d{2}-\d{3}-\d{2}[A-Z]?\b/i, ([all]) => all.toUpperCase()],
  [/\b[AI]A\d{2}-\d{3}[A-Z]\b/i, ([all]) => all.toUpperCase()],
  [/\bSSA-\d{6}\b/i, ([all]) => all.toUpperCase()],
  [/\bVMSA-\d{4}-\d{4}(?:\.\d{1,2})?\b/i, ([all]) => all.toUpperCase()],
  [/\bPAN-SA-\d{4}-\d{4}\b/i, ([all]) => all.toUpperCase()],
  [/\bAPSB\d{2}-\d{1,3}\b/i, ([all]) => all.toUpperCase()],
  [/\bGLSA[- ](\d{6}-\d{2})\b/i, ([, rest]) => `GLSA-${rest}`],
  [/\bALAS\d{0,4}(?:[A-Z-]{0,20})-\d{4}-\d{1,5}\b/i, ([all]) => all.toUpperCase()],
  [/\bFEDORA-(?:EPEL-)?\d{4}-[0-9a-f]{10}\b/i, ([all]) => all],
  [/\bZDI-(?:CAN-)?\d{2}-\d{1,5}\b/i, ([all]) => all.toUpperCase()],
  [/\bJVNDB-\d{4}-\d{6}\b/i, ([all]) => all.toUpperCase()],
  [/\bJVN(?:#|VU#|TA#)\d{8}\b/i, ([all]) => all.toUpperCase()],
  [/\bXSA-\d{1,4}\b/i, ([all]) => all.toUpperCase()],
  [/\bNTAP-\d{8}-\d{4}\b/i, ([all]) => all.toUpperCase()],
]

const shortOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

/**
 * The publisher's own id of a notice, from the first text that has one (title, link, guid ...); then the only CVE id of the title; else a
 * short id that stays the same as long as `key` (guid or link) does.
 */
export const vendorIdOf = (texts: readonly string[], key: string): string => {
  for (const text of texts)
    for (const [pattern, write] of PATTERNS) {
      const found = pattern.exec(text.slice(0, 1_000))
      if (found !== null) return write(found)
    }
  const cves = cvesIn(texts[0] ?? '')
  return cves.length === 1 && cves[0] !== undefined ? cves[0] : `item-${shortOf(key)}`
}

/** The name under which an item is kept. */
export const fileNameOf = (vendorId: string): string =>
  `${vendorId
    .toLowerCase()
    .replace(/[^+\-a-z0-9]+/g, '_')
    .slice(0, 150)}.json`

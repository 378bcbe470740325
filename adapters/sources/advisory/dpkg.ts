import type { Evr } from '../../../src/core/identify/bulletin.ts'

/** `1:2.0-rc1-3+deb12u1` in parts; null: no version. */
export const dpkgVersion = (text: string): Evr | null => {
  const found = /^(?:(\d{1,9}):)?([0-9][A-Za-z0-9.+~:-]{0,150})$/.exec(text.trim())
  if (found?.[2] === undefined) return null
  const dash = found[2].lastIndexOf('-')
  const epoch = Number(found[1] ?? 0)
  return dash < 0
    ? { epoch, version: found[2], release: '' }
    : { epoch, version: found[2].slice(0, dash), release: found[2].slice(dash + 1) }
}

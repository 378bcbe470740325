import type { FixedBuild, UnfixedRange } from '../../../src/core/identify/bulletin.ts'
import type { OsvAffected, OsvEvent } from './schema.ts'
import { evrOf, isVersion, schemeOf } from './versions.ts'

export interface Affected {
  readonly fixed: readonly FixedBuild[]
  readonly unfixed: readonly UnfixedRange[]
}

/** A stretch of affected versions: from where, and how it ends. */
interface Stretch {
  /** `0`: from the first version on. */
  readonly introduced: string
  readonly fixed?: string
  readonly lastAffected?: string
}

const MOST_VERSIONS = 60

/** Events in their order -> stretches. A fix that comes before its introduction in the list belongs to it all the same. */
const stretchesOf = (events: readonly OsvEvent[]): readonly Stretch[] => {
  const found: Stretch[] = []
  let open: string | null = null
  let early: string | null = null
  for (const { introduced, fixed, last_affected } of events) {
    if (introduced !== undefined) {
      if (open !== null) found.push({ introduced: open })
      open = introduced
      if (early !== null) {
        found.push({ introduced, fixed: early })
        ;[open, early] = [null, null]
      }
    } else if (fixed !== undefined) {
      if (open === null) early = fixed
      else found.push({ introduced: open, fixed })
      open = null
    } else if (last_affected !== undefined && open !== null) {
      found.push({ introduced: open, lastAffected: last_affected })
      open = null
    }
  }
  if (open !== null) found.push({ introduced: open })
  if (early !== null) found.push({ introduced: '0', fixed: early })
  return found
}

const isGood = ({ introduced, fixed = '1', lastAffected = '1' }: Stretch): boolean => [introduced, fixed, lastAffected].every(isVersion)

/** Ubuntu names the binary packages that are built from the source package, with their versions. */
const binariesOf = ({ package: { ecosystem, name }, ecosystem_specific }: OsvAffected): ReadonlyMap<string, string | null> => {
  const named = ecosystem.startsWith('Ubuntu') ? (ecosystem_specific?.binaries ?? []) : []
  const binaries = named.flatMap((one) => {
    const binary = one.binary_name
    return binary === undefined || !isVersion(binary) ? [] : [[binary, one.binary_version ?? null] as const]
  })
  return new Map([[name, null], ...binaries])
}

/** What one entry of `affected` says. Ranges of commits say nothing about a host; `drop` is told what is left out. */
export const affectedOf = (entry: OsvAffected, cves: readonly string[], drop: (reason: string) => void): Affected => {
  const { ecosystem, name } = entry.package
  const scheme = schemeOf(ecosystem)
  const ranges = (entry.ranges ?? []).filter((range) => range.type !== 'GIT')
  const exact = ranges.length > 0 ? [] : (entry.versions ?? [])
  if (exact.length > MOST_VERSIONS) drop(`${name}: ${exact.length - MOST_VERSIONS} single versions beyond the first ${MOST_VERSIONS}`)
  if (ranges.length + exact.length === 0) drop(`${name}: no versions that a host could be compared with`)
  const stretches = [
    ...ranges.flatMap((range) => stretchesOf(range.events)),
    ...exact.slice(0, MOST_VERSIONS).map((version): Stretch => ({ introduced: version, lastAffected: version })),
  ]
  const good = stretches.filter(isGood)
  if (good.length < stretches.length) drop(`${name}: ${stretches.length - good.length} ranges with versions that cannot be read`)
  const each = [...binariesOf(entry)].flatMap(([one, own]) => good.map((stretch) => ({ name: one, stretch, own })))
  const common = { stream: ecosystem, scheme, arch: '*', cves }
  const from = ({ introduced }: Stretch) => (introduced === '0' ? {} : { introduced })
  return {
    fixed: each.flatMap(({ name: one, stretch, own }) =>
      stretch.fixed === undefined
        ? []
        : [{ ...common, name: one, evr: evrOf(scheme, own !== null && isVersion(own) ? own : stretch.fixed), ...from(stretch) }],
    ),
    unfixed: each.flatMap(({ name: one, stretch }) =>
      stretch.fixed === undefined
        ? [
            {
              ...common,
              name: one,
              ...from(stretch),
              ...(stretch.lastAffected === undefined ? {} : { lastAffected: stretch.lastAffected }),
            },
          ]
        : [],
    ),
  }
}

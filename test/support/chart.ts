import type { HostProgress } from '../../src/core/deploy/progress.ts'

/** The first hosts were verified so many minutes after a moment; the others stay as they are. */
export const verifiedAt = (hosts: readonly HostProgress[], from: string, minutes: readonly number[]): readonly HostProgress[] =>
  hosts.map((host, i) => {
    const after = minutes[i]
    if (after === undefined) return host
    const at = new Date(Date.parse(from) + after * 60_000).toISOString()
    return { ...host, status: 'verified', action: 'install', facts: { ...host.facts, orderedAt: from, verifiedAt: at } }
  })

import type { Asset, Install } from './asset.ts'
import { kernelFlavour } from './kernel.ts'
import { compareVersions, installedVersion, parseVersion } from './scheme.ts'

/** One package of a host, both versions as its scheme writes them. */
export interface Moved {
  readonly name: string
  readonly from: string
  readonly to: string
}

/**
 * The host after an update was verified on it. A kernel is kept beside the old one, as rpm does, and runs only after a reboot;
 * anything else replaces what was there. Versions that cannot be read change nothing.
 */
export function afterUpdate(asset: Asset, packages: readonly Moved[], rebooted: boolean): Asset {
  const installs = packages.reduce(install, asset.installs)
  const { runningKernel: running } = asset
  if (!rebooted || running === undefined) return { ...asset, installs }
  const newest = installs
    .filter((i) => i.name === running.name && i.arch === running.arch)
    .reduce((best, next) => (compareVersions(running.scheme, next, best) > 0 ? next : best), running)
  return { ...asset, installs, runningKernel: newest }
}

/** The host after the update was taken off again: the former builds are there, the new ones are not. */
export function afterRollBack(asset: Asset, packages: readonly Moved[]): Asset {
  const back = packages.reduce((all, p) => install(all, { name: p.name, from: p.to, to: p.from }), asset.installs)
  const gone = (i: Install): boolean => packages.some((p) => p.from !== p.to && p.name === i.name && p.to === installedVersion(i))
  return { ...asset, installs: back.filter((i) => !gone(i)) }
}

function install(all: readonly Install[], { name, from, to }: Moved): readonly Install[] {
  if (from === to) return all
  const moved = all.flatMap((old) => {
    const version = old.name === name && installedVersion(old) === from ? parseVersion(old.scheme, to) : null
    return version ? [{ old, after: { ...old, ...version } }] : []
  })
  const old = moved.map((one) => one.old)
  const added = moved.map((one) => one.after).filter((i) => !all.some((have) => have.arch === i.arch && isSame(have, i)))
  const kept = kernelFlavour(name) === null ? all.filter((i) => !old.includes(i)) : all
  return [...kept, ...added]
}

const isSame = (a: Install, b: Install): boolean =>
  a.scheme === b.scheme && a.name === b.name && installedVersion(a) === installedVersion(b)

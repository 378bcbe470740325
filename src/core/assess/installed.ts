import type { Asset, Install } from './asset.ts'
import { kernelFlavour } from './kernel.ts'
import { compareEvr, formatEvr, parseEvr } from './rpm.ts'

/** One package of a host, both versions as epoch:version-release. */
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
    .reduce((best, next) => (compareEvr(next, best) > 0 ? next : best), running)
  return { ...asset, installs, runningKernel: newest }
}

/** The host after the update was taken off again: the former builds are there, the new ones are not. */
export function afterRollBack(asset: Asset, packages: readonly Moved[]): Asset {
  const back = packages.reduce((all, p) => install(all, { name: p.name, from: p.to, to: p.from }), asset.installs)
  const gone = (i: Install): boolean => packages.some((p) => p.from !== p.to && p.name === i.name && p.to === formatEvr(i))
  return { ...asset, installs: back.filter((i) => !gone(i)) }
}

function install(all: readonly Install[], { name, from, to }: Moved): readonly Install[] {
  const evr = parseEvr(to)
  if (evr === null || from === to) return all
  const old = all.filter((i) => i.name === name && formatEvr(i) === from)
  const added = old
    .map((i) => ({ ...i, ...evr }))
    .filter((i) => !all.some((have) => have.name === name && have.arch === i.arch && formatEvr(have) === to))
  const kept = kernelFlavour(name) === null ? all.filter((i) => !old.includes(i)) : all
  return [...kept, ...added]
}

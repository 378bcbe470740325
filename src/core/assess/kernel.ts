import type { Asset, Install } from './asset.ts'
import { compareVersions } from './scheme.ts'

/** Packages that rpm keeps side by side, old and new (dnf's `installonlypkg(kernel)`). Not kernel-tools, kernel-headers and the like. */
const KERNEL = /^(kernel(?:-rt|-64k|-zfcpdump|-PAE)?(?:-debug)?)(?:-core|-kvm|-devel|-modules(?:-(?:core|extra|internal))?)?$/

/** The kernel that a package belongs to, e.g. `kernel-rt` for `kernel-rt-core`; null for any other package. */
export function kernelFlavour(name: string): string | null {
  return KERNEL.exec(name)?.[1] ?? null
}

/** The running kernel of a host if it is of the flavour that `product` belongs to. A -devel package never runs. */
export function runningKernelOf(asset: Asset, product: string): Install | null {
  const running = asset.runningKernel
  if (running === undefined || product.endsWith('-devel')) return null
  const flavour = kernelFlavour(product)
  return flavour !== null && flavour === kernelFlavour(running.name) ? running : null
}

/** All installs of one scheme, name and architecture on one host. */
export type Installs = readonly [Install, ...Install[]]

/**
 * The install that counts among several of one name and architecture on one host: the newest of a kernel, because the
 * next start takes it; the oldest of anything else, because a leftover of an unfinished update is still on the disk.
 */
export function countingInstall(installs: Installs): Install {
  const wanted = kernelFlavour(installs[0].name) === null ? -1 : 1
  return installs.reduce((best, next) => (compareVersions(best.scheme, next, best) === wanted ? next : best))
}

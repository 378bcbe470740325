import type { Asset, Install } from '../assess/asset.ts'
import { afterUpdate, type Moved } from '../assess/installed.ts'
import { kernelFlavour } from '../assess/kernel.ts'
import { productsOf } from '../assess/match.ts'
import type { Bulletin } from '../identify/bulletin.ts'

/** One host that a rollout has patched, at an instant in milliseconds. */
export interface Patched {
  readonly at: number
  readonly host: string
  readonly packages: readonly Moved[]
  readonly rebooted: boolean
}

/** The inventory as time goes by. */
export interface Fleet {
  readonly size: number
  /** Hosts that have any package which the bulletin is about, as they are at `at`; times only go forward. */
  candidates(bulletin: Bulletin, at: number): readonly Asset[]
  /** Becomes true at its time. */
  patch(patched: readonly Patched[]): void
}

export function createFleet(assets: readonly Asset[]): Fleet {
  const now = new Map(assets.map((asset) => [asset.host, asset]))
  const byPackage = indexOf(assets)
  let coming: readonly Patched[] = []
  const passTo = (at: number): void => {
    const due = coming.filter((one) => one.at <= at)
    if (due.length === 0) return
    coming = coming.filter((one) => one.at > at)
    for (const { host, packages, rebooted } of due.toSorted((a, b) => a.at - b.at)) {
      const asset = now.get(host)
      if (asset) now.set(host, withoutOldKernels(afterUpdate(asset, packages, rebooted)))
    }
  }
  return {
    size: assets.length,
    candidates: (bulletin, at) => {
      passTo(at)
      const hosts = new Set(productsOf(bulletin).flatMap((name) => byPackage.get(name) ?? []))
      return [...hosts].flatMap((host) => now.get(host) ?? [])
    },
    patch: (patched) => {
      coming = [...coming, ...patched]
    },
  }
}

/** As dnf has it where nobody says otherwise (`installonly_limit`). */
const KERNELS_KEPT = 3

/** Kernels stand side by side, the newest last; the package manager drops the oldest. */
function withoutOldKernels(asset: Asset): Asset {
  const kept = (install: Install): boolean => {
    if (kernelFlavour(install.name) === null) return true
    const alike = asset.installs.filter(({ name, arch }) => name === install.name && arch === install.arch)
    return alike.indexOf(install) >= alike.length - KERNELS_KEPT
  }
  return { ...asset, installs: asset.installs.filter(kept) }
}

/** Updates never bring a package name that was not there, so the index stays good. */
function indexOf(assets: readonly Asset[]): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, Set<string>>()
  for (const { host, installs } of assets)
    for (const { name } of installs) {
      const hosts = index.get(name)
      if (hosts) hosts.add(host)
      else index.set(name, new Set([host]))
    }
  return new Map([...index].map(([name, hosts]) => [name, [...hosts]]))
}

import { describe, expect, test } from 'vitest'
import type { Asset, Install } from '../../src/core/assess/asset.ts'
import { afterRollBack, afterUpdate } from '../../src/core/assess/installed.ts'
import { anAsset } from '../support/asset.ts'

const pkg = (name: string, version: string, arch = 'x86_64'): Install => ({
  scheme: 'rpm',
  name,
  arch,
  epoch: 0,
  version,
  release: '1.el8',
})
const host = (installs: readonly Install[], runningKernel?: Install): Asset =>
  anAsset({ installs, streams: [], ...(runningKernel ? { runningKernel } : {}) })
const moved = (name: string) => ({ name, from: '0:1-1.el8', to: '0:2-1.el8' })

describe('after a verified update', () => {
  test('the new build stands where the old one was, in every architecture', () => {
    const before = host([pkg('openssl-libs', '1'), pkg('openssl-libs', '1', 'i686'), pkg('bash', '1')])
    const after = afterUpdate(before, [moved('openssl-libs')], false)
    expect(after.installs).toEqual([pkg('bash', '1'), pkg('openssl-libs', '2'), pkg('openssl-libs', '2', 'i686')])
  })

  test('another version than the one that was matched stays as it is', () => {
    const before = host([pkg('openssl', '3')])
    expect(afterUpdate(before, [moved('openssl')], false).installs).toEqual([pkg('openssl', '3')])
  })

  test('a kernel is kept beside the old one, and runs only after a reboot', () => {
    const before = host([pkg('kernel-rt-core', '1')], pkg('kernel-rt-core', '1'))
    const without = afterUpdate(before, [moved('kernel-rt-core')], false)
    expect(without.installs).toEqual([pkg('kernel-rt-core', '1'), pkg('kernel-rt-core', '2')])
    expect(without.runningKernel).toEqual(pkg('kernel-rt-core', '1'))
    expect(afterUpdate(before, [moved('kernel-rt-core')], true).runningKernel).toEqual(pkg('kernel-rt-core', '2'))
  })

  test('where only the reboot was missing, the newest kernel runs', () => {
    const before = host([pkg('kernel-rt-core', '1'), pkg('kernel-rt-core', '2')], pkg('kernel-rt-core', '1'))
    const only = { name: 'kernel-rt-core', from: '0:2-1.el8', to: '0:2-1.el8' }
    expect(afterUpdate(before, [only], true).runningKernel).toEqual(pkg('kernel-rt-core', '2'))
  })

  test('done twice is done once', () => {
    const before = host([pkg('openssl', '1'), pkg('kernel-core', '1')], pkg('kernel-core', '1'))
    const packages = [moved('openssl'), moved('kernel-core')]
    const once = afterUpdate(before, packages, true)
    expect(afterUpdate(once, packages, true)).toEqual(once)
  })
})

test('rolled back, the former build is there again', () => {
  const before = host([pkg('openssl', '1')])
  const packages = [moved('openssl')]
  expect(afterRollBack(afterUpdate(before, packages, false), packages).installs).toEqual(before.installs)
})

test('a kernel that is rolled back leaves only the old one', () => {
  const before = host([pkg('kernel-core', '1')], pkg('kernel-core', '1'))
  const packages = [moved('kernel-core')]
  expect(afterRollBack(afterUpdate(before, packages, false), packages).installs).toEqual(before.installs)
})

import { readFile } from 'node:fs/promises'
import type { PolicyInForce } from '../../src/app/house.ts'
import { samplePolicy } from '../../src/app/sample.ts'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import type { PolicyPlace } from '../../src/core/policy.ts'

/** The sample's policy with places on the loopback platform, which stores what was said, beside those on the web page, which does not. */
export async function killPolicy(): Promise<PolicyInForce> {
  const sample = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)
  const extra = JSON.parse(await readFile(new URL('places.json', import.meta.url), 'utf8')) as PolicyPlace[]
  const policy = { ...sample.policy, places: [...sample.policy.places, ...extra] }
  return { policy, hash: sha256Hex(canonicalJson(policy)), approved: true }
}

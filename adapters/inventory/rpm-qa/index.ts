import type { Install } from '../../../src/core/assess/asset.ts'
import { type ImportItem, note, problem } from '../../../src/core/assess/import/item.ts'
import { oneHost } from '../../../src/core/assess/import/one-host.ts'
import { packageOf } from '../../../src/core/assess/import/packages.ts'
import { parseNevra } from '../../../src/core/assess/rpm.ts'
import type { InventoryFormat } from '../../../src/ports.ts'

/** The rpm packages of one host, by the command of README.md or by a plain `rpm -qa`. */
export const rpmQaFormat: InventoryFormat = {
  kind: 'rpm-qa',
  oneHost: true,
  read: (bytes, options) => oneHost(bytes, options, { reader, expected: 'lines such as `openssl 1:1.1.1k-9.el8_6 x86_64`' }),
}

/** Keys that rpm lists as if they were packages. */
const KEY = /^gpg-pubkey[- ]/

function reader() {
  let plain = 0
  return {
    line: (number: number, text: string): Install | ImportItem | null => {
      if (KEY.test(text)) return null
      const install = installOf(text)
      if (!install) return problem(number, `expected \`name epoch:version-release architecture\`, got ${JSON.stringify(text.slice(0, 80))}`)
      if (!text.includes(' ')) plain += 1
      return install
    },
    end: (): readonly ImportItem[] =>
      plain === 0
        ? []
        : [
            problem(
              1,
              'this is the output of a plain `rpm -qa`, which leaves epochs out: a package with an epoch counts as older than it is. Use the command of adapters/inventory/rpm-qa/README.md',
            ),
            note('The list has no epochs.'),
          ],
  }
}

function installOf(text: string): Install | null {
  const [name = '', version = '', arch = '', more] = text.split(' ')
  if (version === '') return parseNevra(name)
  return more === undefined ? packageOf('rpm', name, version.replace(/^\(none\):/, '0:'), arch) : null
}

import type { Install } from '../../../src/core/assess/asset.ts'
import { type ImportItem, problem } from '../../../src/core/assess/import/item.ts'
import { type LineReader, oneHost } from '../../../src/core/assess/import/one-host.ts'
import { packageOf } from '../../../src/core/assess/import/packages.ts'
import type { InventoryFormat } from '../../../src/ports.ts'

/** The Debian packages of one host, by `dpkg-query` as in README.md or by a plain `dpkg -l`. */
export const dpkgFormat: InventoryFormat = {
  kind: 'dpkg-l',
  oneHost: true,
  read: (bytes, options) => oneHost(bytes, options, { reader, expected: 'the output of `dpkg -l` or of the command in README.md' }),
}

/** `||/ Name  Version ...` and the rulers and legends above it. */
const LEGEND = /^(?:Desired=|\| Status=|\|\/ Err|\|\|\/ |\+{2,3}-)/

/** Desired, status, error: the first three columns of dpkg. Only what is unpacked and set up is installed. */
const STATUS = /^([uihrp])([ncHUFWti])([ R]?)$/

function reader(): LineReader {
  return { line: (number, text) => (text === '' || LEGEND.test(text) ? null : packageOn(number, text)), end: () => [] }
}

function packageOn(number: number, text: string): Install | ImportItem | null {
  const cells = text.split(/\s+/)
  const [listed, queried] = [STATUS.exec(cells[0] ?? ''), STATUS.exec(cells[3] ?? '')]
  const status = queried ?? listed
  if (!status) return problem(number, `expected a line of dpkg with a status such as \`ii\`, got ${JSON.stringify(text.slice(0, 80))}`)
  const [name = '', version = '', arch = ''] = queried ? cells : cells.slice(1)
  // Removed with its configuration left behind, or not installed at all: it is not there.
  if (status[2] === 'n' || status[2] === 'c') return null
  const install = packageOf('dpkg', name.replace(/:\w+$/, ''), version, arch)
  if (!install) return problem(number, `the package ${JSON.stringify(`${name} ${version} ${arch}`.slice(0, 80))} cannot be read`)
  // Its triggers may wait: its files are there and set up.
  return /[iWt]/.test(status[2] ?? '') && status[3] !== 'R'
    ? install
    : problem(number, `${name} is half installed or broken (status ${status[0].trim()}) and was not taken`)
}

import { matchBulletin } from '../core/assess/match.ts'
import { BAD, type Given, GOOD, Misuse, print, text } from './command.ts'
import { assetsOf } from './inventory.ts'
import { bulletinsOf } from './parse.ts'

/** Which hosts of an inventory file a bulletin file is for. Good also when it is none: that is an answer. */
export async function match(given: Given): Promise<number> {
  const file = needed(given, 'bulletin')
  const inventory = needed(given, 'inventory')
  const { bulletins, dropped } = await bulletinsOf(text(given, 'kind') ?? 'csaf', file)
  const assets = await assetsOf(inventory, new Date())
  if (bulletins.length === 0) {
    process.stderr.write(`${file}: ${dropped.map(({ reason }) => reason).join('; ')}\n`)
    return BAD
  }
  const affected = bulletins
    .flatMap((bulletin) => matchBulletin(bulletin, assets))
    .map(({ host, product, installed, rule }) => ({ host, product, version: installed, rule }))
  const words =
    affected.length === 0 ? 'No host is affected.\n' : affected.map((a) => `${a.host}  ${a.product} ${a.version}  ${a.rule}\n`).join('')
  print(given, { affected }, words)
  return GOOD
}

function needed(given: Given, name: string): string {
  const value = text(given, name)
  if (value === undefined) throw new Misuse(`expected --${name} FILE`)
  return value
}

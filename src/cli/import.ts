import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { importInventory } from '../app/inventory/import.ts'
import { besideBot } from '../boot/beside.ts'
import type { ImportView } from '../cards/inventory.ts'
import { readConfig } from '../config.ts'
import { own } from '../core/own.ts'
import { arg, BAD, type Given, GOOD, Misuse, print, text } from './command.ts'

/** What the ending of a file says of its format, where nobody says it. */
const BY_ENDING: Readonly<Record<string, string>> = { '.csv': 'csv', '.json': 'json' }

/** Takes an inventory file in, beside a running bot or without one. */
export async function importFile(given: Given): Promise<number> {
  const file = arg(given, 0)
  const kind = text(given, 'kind') ?? own(BY_ENDING, extname(file).toLowerCase())
  if (kind === undefined) throw new Misuse('expected --kind csv, json, rpm-qa or dpkg-l: the ending of the file does not tell')
  await access(file).catch(() => {
    throw new Misuse(`${file}: expected a file that can be read; there is none`)
  })
  const host = text(given, 'host')
  const by = text(given, 'by') ?? 'patchcrier'
  const imported = await besideBot(readConfig(), (house) =>
    importInventory(house, { kind, fileName: basename(file), by, bytes: createReadStream(file), ...(host === undefined ? {} : { host }) }),
  )
  if (!imported.ok) throw new Misuse(imported.refusal.text)
  print(given, imported.value, inWords(imported.value))
  return imported.value.status === 'done' && imported.value.taken > 0 ? GOOD : BAD
}

function inWords({ rows, taken, skipped, figures, status, reason }: ImportView): string {
  const lines = skipped.first.map(({ line, reason: why }) => `  line ${line}: ${why}`)
  return [
    `${status}: ${taken} of ${rows} hosts taken (${figures.added} new, ${figures.changed} changed, ${figures.same} as before)${reason === null ? '' : `; ${reason}`}`,
    ...(skipped.count > 0 ? [`${skipped.count} lines were skipped:`, ...lines] : []),
    ...(skipped.count > lines.length ? [`  and ${skipped.count - lines.length} more`] : []),
    '',
  ].join('\n')
}

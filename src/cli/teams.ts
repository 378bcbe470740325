import { readFile, writeFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { ZipFile } from 'yazl'
import { pngOfSvg } from '../../adapters/picture.ts'
import { readTeamsAppId } from '../config.ts'
import { own } from '../core/own.ts'
import { type Given, Misuse, say, text } from './command.ts'

const FOLDER = new URL('../../manifests/teams/', import.meta.url)
/** Sides in pixels, as Teams wants them. */
const ICONS = { color: 192, outline: 32 } as const
const SITE = 'https://patchcrier.example'
/** A zip of the same content has the same bytes. */
const DAY = new Date('2026-01-01T00:00:00Z')

/** The app for Teams as one file to upload: the manifest with the bot's own id, and its icons. */
export async function teamsPackage(given: Given): Promise<number> {
  const out = text(given, 'out') ?? 'patchcrier-teams.zip'
  const site = text(given, 'site') ?? SITE
  if (URL.parse(site)?.protocol !== 'https:') throw new Misuse(`--site: expected an https address; got "${site.slice(0, 100)}"`)
  await writeFile(out, await zipped({ MICROSOFT_APP_ID: readTeamsAppId(), SITE: site }))
  const advice = site === SITE ? ' Its addresses are examples: give your own with --site before you publish it to your organisation.' : ''
  return say(`${out} is ready to be uploaded to Teams.${advice}\n`)
}

async function zipped(values: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new ZipFile()
  const add = (name: string, content: Buffer): void => zip.addBuffer(content, name, { mtime: DAY, mode: 0o100644 })
  add('manifest.json', Buffer.from(filledIn(await read('manifest.json'), values)))
  for (const [name, side] of Object.entries(ICONS)) add(`${name}.png`, Buffer.from(pngOfSvg(await read(`${name}.svg`), side)))
  zip.end()
  return buffer(zip.outputStream as NodeJS.ReadableStream)
}

const read = (name: string): Promise<string> => readFile(fileURLToPath(new URL(name, FOLDER)), 'utf8')

const filledIn = (manifest: string, values: Readonly<Record<string, string>>): string =>
  manifest.replace(/\$\{\{(\w+)\}\}/g, (_all, name: string) => JSON.stringify(own(values, name) ?? '').slice(1, -1))

import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../core/fault.ts'

const tokensSchema = z.strictObject({
  reports: z.string().min(32),
  people: z.array(z.strictObject({ person: z.string(), token: z.string().min(32) })),
})

/** `reports`: who bears it may report about hosts. Outside sample mode a person's token IS the person. */
export type Tokens = z.infer<typeof tokensSchema>

const newToken = (): string => randomBytes(32).toString('base64url')

/** Reads the tokens of the data folder; makes them (mode 600) on the first start. Throws Fault CONFIG_INVALID when the file is damaged. */
export async function readTokens(dataFolder: string, people: readonly string[]): Promise<Tokens> {
  const file = join(dataFolder, 'tokens.json')
  await mkdir(dataFolder, { recursive: true })
  await make(file, people)
  const read = tokensSchema.safeParse(parse(await readFile(file, 'utf8')))
  if (!read.success)
    throw new Fault('CONFIG_INVALID', `${file}: expected the tokens that the first start wrote; it is damaged. Remove it to get new ones.`)
  return read.data
}

/** Whole or not at all, and the first of two processes wins. */
async function make(file: string, people: readonly string[]): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const tokens: Tokens = { reports: newToken(), people: people.map((person) => ({ person, token: newToken() })) }
  await writeFile(draft, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 })
  await chmod(draft, 0o600)
  try {
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
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

/**
 * Reads the tokens of the data folder; makes them (mode 600) on the first start, and later those of people who have come since. Who is
 * not among `people` any more has none. Throws Fault CONFIG_INVALID when the file is damaged.
 */
export async function readTokens(dataFolder: string, people: readonly string[]): Promise<Tokens> {
  const file = join(dataFolder, 'tokens.json')
  await mkdir(dataFolder, { recursive: true })
  await make(file, people)
  const known = await readFrom(file)
  const came = people.filter((person) => !known.people.some((one) => one.person === person))
  const all = came.length === 0 ? known : await add(file, known, came)
  return { ...all, people: all.people.filter(({ person }) => people.includes(person)) }
}

/** Tokens that follow the policy while the bot runs. */
export interface LiveTokens extends Tokens {
  /** Who has come gets a token; the token of who has gone opens nothing any more. */
  follow(people: readonly string[]): Promise<void>
}

export async function liveTokens(dataFolder: string, people: readonly string[]): Promise<LiveTokens> {
  let now = await readTokens(dataFolder, people)
  return {
    get reports() {
      return now.reports
    },
    get people() {
      return now.people
    },
    follow: async (next) => {
      now = await readTokens(dataFolder, next)
    },
  }
}

async function readFrom(file: string): Promise<Tokens> {
  const read = tokensSchema.safeParse(parse(await readFile(file, 'utf8')))
  if (read.success) return read.data
  throw new Fault('CONFIG_INVALID', `${file}: expected the tokens that the first start wrote; it is damaged. Remove it to get new ones.`)
}

/** By a rename: whole or not at all. The tokens that are there stay. */
async function add(file: string, known: Tokens, came: readonly string[]): Promise<Tokens> {
  const all = { ...known, people: [...known.people, ...came.map((person) => ({ person, token: newToken() }))] }
  const draft = await writeDraft(file, all)
  await rename(draft, file)
  return all
}

async function writeDraft(file: string, tokens: Tokens): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 })
  await chmod(draft, 0o600)
  return draft
}

/** Whole or not at all, and the first of two processes wins. */
async function make(file: string, people: readonly string[]): Promise<void> {
  const draft = await writeDraft(file, { reports: newToken(), people: people.map((person) => ({ person, token: newToken() })) })
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

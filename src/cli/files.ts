import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Misuse } from './command.ts'

/** The bytes of a file that somebody named. Throws Misuse when it cannot be read. */
export const bytesOf = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Misuse(`${file}: expected a file that can be read; ${reason(error)}`)
  })

/** Every file below a folder that ends so, by its path from there, in an order that is the same everywhere. Throws Misuse. */
export async function filesBelow(folder: string, ending: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Misuse(`${folder}: expected a folder that can be read; ${reason(error)}`)
  })
  return all
    .filter((one) => one.isFile() && one.name.endsWith(ending))
    .map((one) => join(one.parentPath, one.name))
    .toSorted((a, b) => (a < b ? -1 : 1))
}

/** Into a new file, readable by nobody but who runs this. Throws Misuse: never over a file that is there, it may be something else's. */
export async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Misuse(
      `${path}: expected the name of a file that can be made; ${error.code === 'EEXIST' ? 'there is one already' : error.message}`,
    )
  })
  await file.writeFile(content).finally(() => file.close())
}

const reason = ({ code, message }: NodeJS.ErrnoException): string => (code === 'ENOENT' ? 'there is none' : message)

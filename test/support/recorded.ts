import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Publishers' own documents that may not be part of this project: they may lie in a folder `shared` beside it, or one above. */
const ROOT = ['../../../shared', '../../../../shared']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))

/** Is a folder of them here? */
export const recorded = (folder: string): boolean => ROOT !== undefined && existsSync(`${ROOT}/data/${folder}`)

export const recordedBytes = (file: string): Uint8Array => readFileSync(`${ROOT}/data/${file}`)

export const recordedText = (file: string): string => readFileSync(`${ROOT}/data/${file}`, 'utf8')

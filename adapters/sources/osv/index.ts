export { type ParsedFile, parseFile } from './file.ts'
export { createOsvReader, type OsvReader } from './reader.ts'
export { createOsvSource, type OsvDeps } from './source.ts'

export { type ParsedFile, parseFile } from './file.ts'
export { createMsrcReader, type MsrcReader } from './reader.ts'
export { createMsrcSource, type MsrcDeps } from './source.ts'

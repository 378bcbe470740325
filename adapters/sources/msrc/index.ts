export { type ParsedFile, parseFile } from './file.ts'
export { createGuideSource } from './guide/source.ts'
export { createMsrcReader, type MsrcReader } from './reader.ts'
export { createMsrcSource, type MsrcDeps } from './source.ts'

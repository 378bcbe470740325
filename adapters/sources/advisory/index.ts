export { type ParsedFile, parseFile } from './file.ts'
export { type AdvisoryReader, createAdvisoryReader } from './reader.ts'
export { type AdvisoryDeps, createAdvisorySource } from './source.ts'

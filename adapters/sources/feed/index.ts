export { type ParsedFile, parseFile } from './file.ts'
export { createFeedReader, type FeedReader } from './reader.ts'
export { createFeedSource, type FeedDeps } from './source.ts'

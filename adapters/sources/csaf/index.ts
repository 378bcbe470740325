export { type CheckedDocument, type CsafChecker, createChecker, fileNameOf } from './check.ts'
export { createFolderSource, type FolderOptions } from './folder.ts'
export { type Parsed, parse } from './parse.ts'

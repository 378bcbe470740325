export { type CheckedDocument, type CsafChecker, createChecker } from './check.ts'
export { createFolderSource, type FolderOptions } from './folder.ts'

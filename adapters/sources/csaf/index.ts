export { type CheckedDocument, type CsafChecker, createChecker } from './check.ts'
export { createFolderSource, type FolderOptions } from './folder.ts'
export { type CsafFolderDeps, createCsafFolderSource } from './folder-source.ts'
export { type CsafDeps, createCsafSource } from './provider/source.ts'

export { type CatalogueReading, readCatalogue as parseFile } from './catalogue.ts'
export { createKevReader, type KevReader } from './reader.ts'
export { createKevSource, type KevDeps } from './source.ts'

export { type CveReader, createCveReader } from './reader.ts'
export { type CveDeps, createCveSource } from './source.ts'

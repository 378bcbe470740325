export { createMailboxSource, type MailboxDeps } from './source.ts'

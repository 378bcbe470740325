export { createMailboxSource, type MailboxDeps } from './source.ts'
export { createTokens } from './token.ts'

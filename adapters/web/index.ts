export { type WebPlatform, webPlatform } from './platform.ts'
export { type RunningWeb, startWeb, type WebOptions } from './server.ts'
export { startStandBy, type Watched } from './stand-by.ts'
export type { WebTokens } from './tokens.ts'

export { type WebPlatform, webPlatform } from './platform.ts'
export type { WebTokens } from './secret.ts'
export { type RunningWeb, startWeb, type WebOptions } from './server.ts'
export { startStandBy, type Watched } from './stand-by.ts'

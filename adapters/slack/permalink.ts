import type { MessageRef } from '../../src/ports.ts'

/** The permanent address of a message, as `chat.getPermalink` answers it. `workspace` ends with a slash. */
export function permalink(workspace: string, { place, message, thread }: MessageRef): string {
  const address = `${workspace}archives/${place}/p${message.replace('.', '')}`
  return thread === undefined ? address : `${address}?thread_ts=${thread}&cid=${place}`
}

import { run } from '../main.ts'
import { flag, type Given, GOOD } from './command.ts'

export async function start(given: Given): Promise<number> {
  await run(flag(given, 'standby') ? { standBy: true } : {})
  return GOOD
}

import { run } from '../main.ts'
import { type Given, GOOD } from './command.ts'

export async function start(_given: Given): Promise<number> {
  await run()
  return GOOD
}

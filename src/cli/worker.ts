import { runWorker } from '../boot/worker.ts'
import { type Given, GOOD } from './command.ts'

export async function worker(_given: Given): Promise<number> {
  await runWorker()
  return GOOD
}

// A process of its own that opens the embedded database of a folder and says so; ends it on the word `stop`.
import { openEmbedded } from '../../src/db/embedded.ts'

const [folder, elsewhere] = process.argv.slice(2)
if (!folder || !elsewhere) throw new Error('usage: embedded-process FOLDER ELSEWHERE')
const server = await openEmbedded({ folder, elsewhere, log: () => undefined })
process.stdout.write(`${JSON.stringify({ pid: server.pid, adopted: server.adopted })}\n`)
process.stdin.once('data', () => void server.stop().then(() => process.exit(0)))

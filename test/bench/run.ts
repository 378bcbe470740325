// npm run bench [-- NAME ...]: a small table for people and, last, one line of JSON per benchmark. Ratios are within one run: absolute
// figures differ from machine to machine and from minute to minute.
import type { Bench } from './bench.ts'

const BENCHES: Readonly<Record<string, () => Promise<{ bench(): Promise<Bench> }>>> = {
  intents: () => import('./intents.ts'),
  latency: () => import('./latency.ts'),
  replay: () => import('./replay.ts'),
  feed: () => import('./feed.ts'),
  ingest: () => import('./ingest.ts'),
  scale: () => import('./scale.ts'),
  restart: () => import('./restart.ts'),
  fanout: () => import('./fanout.ts'),
  ack: () => import('./ack/both.ts'),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name))
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark "${unknown.join('", "')}"; expected ${Object.keys(BENCHES).join(', ')}, or none for all.\n`)
  process.exit(2)
}
for (const [name, load] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { bench } = await load()
  const { rows, figures } = await bench()
  const width = Math.max(...rows.map(([what]) => what.length))
  process.stdout.write(`${name}\n${rows.map(([what, howMuch]) => `  ${what.padEnd(width)}  ${howMuch}\n`).join('')}`)
  process.stdout.write(`${JSON.stringify({ bench: name, figures })}\n`)
}
// Whatever a library keeps open is no reason to stay.
process.exit(0)

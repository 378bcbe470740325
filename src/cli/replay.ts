import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import { readPolicyFile } from '../boot/policy-file.ts'
import { canonicalJson } from '../core/canonical.ts'
import { CLASSES } from '../core/policy.ts'
import type { DatedBulletin } from '../core/replay/course.ts'
import { readDelays } from '../core/replay/delays.ts'
import { type Replayed, replay as replayed } from '../core/replay/replay.ts'
import { arg, flag, type Given, Misuse, say, text, texts } from './command.ts'
import { bytesOf, filesBelow } from './files.ts'
import { assetsOf } from './inventory.ts'
import { bulletinsOf } from './parse.ts'

/** A date before every bulletin: hosts of a replay are alive all the time. */
const BEGINNING = new Date(0)

/** A folder of bulletins through policy and fleet. The same input gives the same bytes: nothing of this machine or moment is in them. */
export async function replay(given: Given): Promise<number> {
  const [policyFile, inventory] = [text(given, 'policy'), text(given, 'inventory')]
  if (policyFile === undefined || inventory === undefined) throw new Misuse('expected --policy FILE and --inventory FILE')
  const delays = readDelays(texts(given, 'delay'))
  if (!delays.ok) throw new Misuse(`--delay: ${delays.refusal.text}`)
  const { policy, hash } = await readPolicyFile(policyFile, { sample: true })
  const assets = await assetsOf(inventory, BEGINNING)
  const { bulletins, dropped } = await bulletinsBelow(arg(given, 0))
  const result = replayed({ policy, policyHash: hash, assets, bulletins, delays: delays.value })
  return say(flag(given, 'json') ? `${canonicalJson({ policy: hash, dropped, ...result })}\n` : inWords(result, dropped.length))
}

interface Dropped {
  readonly file: string
  readonly reason: string
}

async function bulletinsBelow(
  folder: string,
): Promise<{ readonly bulletins: readonly DatedBulletin[]; readonly dropped: readonly Dropped[] }> {
  const bulletins: DatedBulletin[] = []
  const dropped: Dropped[] = []
  for (const file of await filesBelow(folder, '.json')) {
    const digest = createHash('sha256')
      .update(await bytesOf(file))
      .digest('hex')
    const read = await bulletinsOf('csaf', file)
    bulletins.push(...read.bulletins.map((bulletin) => ({ bulletin, digest })))
    if (read.bulletins.length === 0)
      dropped.push({ file: relative(folder, file), reason: read.dropped.map(({ reason }) => reason).join('; ') })
  }
  return { bulletins, dropped }
}

const WORST = 5

function inWords({ from, to, hosts, bulletins, unmatched, changes, totals }: Replayed, dropped: number): string {
  const row = (name: string, { changes: all, start, complete, stuck }: Replayed['totals']['byClass']['high']): string =>
    [name.padEnd(10), all, start.met, start.missed, complete.met, complete.missed, stuck].map((cell) => `${cell}`.padStart(9)).join('')
  const late = changes.filter(({ start, complete }) => start === 'missed' || complete === 'missed')
  return [
    `${bulletins} bulletins${from && to ? ` from ${from.slice(0, 10)} to ${to.slice(0, 10)}` : ''}, ${hosts} hosts: ${changes.length} changes, ${unmatched} bulletins matched nothing, ${dropped} files were no bulletins.`,
    'Signatures were not checked: every document counts as authentic.',
    '',
    ['class'.padEnd(10), 'changes', 'start met', 'missed', 'done met', 'missed', 'stuck'].map((cell) => cell.padStart(9)).join(' '),
    ...CLASSES.map((name) => row(name, totals.byClass[name])),
    row('all', totals),
    ...(late.length > 0 ? ['', 'Missed first:'] : []),
    ...late
      .slice(0, WORST)
      .map(
        (c) =>
          `  ${c.bulletin} (${c.class}, ${c.hosts} hosts): start by ${c.startBy ?? 'none'}, started ${c.startedAt ?? 'never'}${c.stuck ? `; ${c.stuck}` : ''}`,
      ),
    '',
  ].join('\n')
}

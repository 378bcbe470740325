import { examine } from '../boot/doctor.ts'
import { diagnose } from '../core/doctor/diagnose.ts'
import type { Diagnosis, Finding } from '../core/doctor/facts.ts'
import { BAD, flag, type Given, GOOD, print } from './command.ts'

export async function doctor(given: Given): Promise<number> {
  const diagnosis = diagnose(await examine({ online: flag(given, 'online') }))
  const { findings, notes } = diagnosis
  print(given, { ok: findings.length === 0, findings, notes }, inWords(diagnosis))
  return findings.length === 0 ? GOOD : BAD
}

const inWords = ({ findings, notes }: Diagnosis): string =>
  [notes.map((note) => `${note}\n`).join(''), ...findings.map(paragraph), `${ending(findings.length)}\n`].join('\n')

const paragraph = ({ area, what, why, mend }: Finding): string => `${area}: ${what}\n  Why it matters: ${why}\n  What to do: ${mend}\n`

function ending(count: number): string {
  if (count === 0) return 'Nothing to mend.'
  return count === 1 ? '1 thing to mend.' : `${count} things to mend.`
}

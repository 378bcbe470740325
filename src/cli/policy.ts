import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { SAMPLE_FOLDER } from '../app/sample.ts'
import { examinePolicyFile } from '../boot/policy-file.ts'
import { problemLine, readPolicyText } from '../boot/policy-text.ts'
import { groupNotes } from '../core/doctor/policy.ts'
import { PRESETS, type PresetName } from '../core/evaluate/presets.ts'
import { Fault } from '../core/fault.ts'
import { arg, BAD, type Given, Misuse, print, say, text } from './command.ts'
import { type Answers, answersSchema } from './init/answers.ts'
import { askAnswers } from './init/ask.ts'
import { mailboxHint } from './init/mailbox.ts'
import { asksFor, policyText } from './init/write.ts'

/** Everything that is wrong with a policy file. */
export async function policyCheck(given: Given): Promise<number> {
  const file = arg(given, 0)
  const examined = await examinePolicyFile(file, { sample: resolve(file) === join(SAMPLE_FOLDER, 'policy.json') })
  if (examined.ok) {
    const { policy, hash } = examined.file
    const notes = groupNotes(policy.groups, null)
    const words = `ok: ${policy.organisation}, preset ${policy.preset}, ${policy.people.length} people, hash ${hash}\n`
    const said = [words, ...notes.map((note) => `note: ${note}\n`)].join('')
    return print(
      given,
      { ok: true, organisation: policy.organisation, preset: policy.preset, hash, problems: [], ...(notes.length > 0 ? { notes } : {}) },
      said,
    )
  }
  const lines = examined.problems.map((problem) => `${problemLine(file, problem)}\n`)
  print(given, { ok: false, problems: examined.problems }, lines.join(''))
  return BAD
}

/** Asks about today's practice, or takes the answers from a file, and writes a policy. Never over one that is there. */
export async function policyInit(given: Given): Promise<number> {
  const preset = presetOf(text(given, 'preset'))
  const out = text(given, 'out') ?? 'policy.yaml'
  if (await isThere(out)) throw alreadyThere(out)
  const answers = await answersOf(text(given, 'answers'), preset)
  const written = policyText(answers)
  const read = readPolicyText(written)
  if (!read.ok) {
    const lines = read.problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}\n`)
    throw new Fault('POLICY_INVALID', `these answers make no policy that could work; nothing was written.\n${lines.join('')}`.trimEnd())
  }
  await writeFile(out, written, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST'
      ? alreadyThere(out)
      : new Fault('POLICY_INVALID', `${out}: expected a file that can be written; ${error.message}`)
  })
  const hint = asksFor(answers.preset)
  return say(
    [
      `${out} is written. Next: read it, change what is not yet yours, then`,
      `  npm run -s patchcrier -- policy check ${out}`,
      '  npm start   (with ./policy.yaml, or PATCHCRIER_POLICY=FILE)',
      ...(hint === '' ? [] : [hint]),
      ...(answers.mailbox === null ? [] : [mailboxHint(answers.mailbox)]),
      'The managers approve it in chat; until they have, no rollout starts.',
      '',
    ].join('\n'),
  )
}

const isThere = (file: string): Promise<boolean> =>
  readFile(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )

const alreadyThere = (file: string): Fault =>
  new Fault('POLICY_INVALID', `${file} is there already and stays as it is. Give another name by --out FILE, or move it away first.`)

function presetOf(given: string | undefined): PresetName | undefined {
  if (given === undefined) return undefined
  const found = PRESETS.find((preset) => preset === given)
  if (!found) throw new Misuse(`--preset: expected ${PRESETS.join(', ')}; got "${given}"`)
  return found
}

async function answersOf(file: string | undefined, preset: PresetName | undefined): Promise<Answers> {
  if (file !== undefined) return readAnswers(file, preset)
  if (!process.stdin.isTTY) throw new Misuse('expected a terminal to ask on, or --answers FILE')
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  // Lines that were pasted together wait here for their question.
  const lines = terminal[Symbol.asyncIterator]()
  const question = async (words: string): Promise<string> => {
    say(words)
    const { value, done } = await lines.next()
    if (done) throw new Misuse('expected answers to all questions; nothing was written')
    return value
  }
  try {
    const here = new Intl.DateTimeFormat().resolvedOptions().timeZone
    return await askAnswers({ question, tell: say }, { preset: preset ?? 'chapter', here })
  } finally {
    terminal.close()
  }
}

async function readAnswers(file: string, preset: PresetName | undefined): Promise<Answers> {
  const bytes = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Misuse(`--answers: expected a readable file; ${error.message}`)
  })
  const read = answersSchema.safeParse(parsed(file, bytes))
  if (!read.success)
    throw new Fault(
      'POLICY_INVALID',
      read.error.issues.map((issue) => `${file}: ${issue.path.join('.') || 'the answers'}: ${issue.message}`).join('\n'),
    )
  return preset === undefined ? read.data : { ...read.data, preset }
}

function parsed(file: string, bytes: string): unknown {
  try {
    return JSON.parse(bytes)
  } catch (error) {
    throw new Fault('POLICY_INVALID', `${file}: expected JSON; ${error instanceof Error ? error.message : error}`)
  }
}

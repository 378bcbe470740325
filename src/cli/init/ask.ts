import { PRESETS } from '../../core/evaluate/presets.ts'
import type { Role } from '../../core/policy.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'
import { type Answers, type NewPerson, readPerson, zone as zoneSchema } from './answers.ts'
import { readMailbox, readSender } from './mailbox.ts'
import { readVendor, VENDOR_NAMES } from './vendors.ts'
import { EXAMPLE, readWindow, windowWords } from './windows.ts'

/** Where questions are asked: a terminal. */
export interface Terminal {
  question(text: string): Promise<string>
  tell(text: string): void
}

/** Asks one question until the answer can be read. An empty answer takes the default that is shown. */
async function ask<T>(terminal: Terminal, question: string, fallback: string, read: (text: string) => Ruled<T>): Promise<T> {
  for (;;) {
    const typed = (await terminal.question(`${question}${fallback === '' ? '' : ` [${fallback}]`}\n> `)).trim()
    const answer = read(typed === '' ? fallback : typed)
    if (answer.ok) return answer.value
    terminal.tell(`  ${answer.refusal.text}\n`)
  }
}

const some = (text: string): Ruled<string> => (text === '' ? refuse('EMPTY', 'Please answer this one.') : allow(text))
const parts = (text: string, by: RegExp): readonly string[] =>
  text
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '-')

/** Every part has to be readable; the first one that is not is said. */
function each<T>(texts: readonly string[], read: (text: string) => Ruled<T>): Ruled<readonly T[]> {
  const values: T[] = []
  for (const text of texts) {
    const answer = read(text)
    if (!answer.ok) return answer
    values.push(answer.value)
  }
  return allow(values)
}

const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): Ruled<T> => {
    const found = choices.find((choice) => choice === text.toLowerCase())
    return found ? allow(found) : refuse('CHOICE', `Expected ${choices.join(', ')}; got "${text}".`)
  }

const WHO: readonly (readonly [Role, string])[] = [
  ['manager', 'Who signs the policy (managers)?'],
  ['patch-team', 'Who watches for bulletins, tests and plans (patch team)?'],
  ['security', 'Who decides for security?'],
  ['operations', 'Who decides for operations, and runs the rollouts?'],
  ['representative', 'Who passes announcements on to the departments (representatives)? - for nobody'],
  ['admin', 'Who looks after Patchcrier itself (admin)?'],
]

/** People by role, as "Name <address>, Name <address>"; the same address again is the same person. */
async function askPeople(terminal: Terminal): Promise<NewPerson[]> {
  const people = new Map<string, { name: string; email: string; roles: Role[] }>()
  terminal.tell('Now the people: Name <address>, separated by commas. Nobody approves their own plan, so two people are the least.\n')
  for (const [role, question] of WHO) {
    const needed = role === 'manager' || role === 'patch-team'
    const named = await ask(terminal, question, needed ? '' : '-', (text) =>
      needed && text === '' ? refuse('EMPTY', 'At least one person, please.') : each(parts(text, /[,;]/), readPerson),
    )
    for (const one of named) {
      const known = people.get(one.email) ?? { ...one, roles: [] }
      people.set(one.email, { ...known, roles: [...new Set([...known.roles, role])] })
    }
  }
  return [...people.values()]
}

const readGroup = (text: string): Ruled<Answers['groups'][number]> => {
  const [name = '', window = ''] = text.split(/:(.*)/s)
  if (name.trim() === '' || window.trim() === '')
    return refuse('GROUP', `Expected GROUP: WHEN, such as servers: last Saturday 20:00 for 4 hours; got "${text}".`)
  const read = readWindow(window)
  return read.ok ? allow({ name: name.trim(), window: window.trim() }) : read
}

const readZone = (text: string): Ruled<string> =>
  zoneSchema.safeParse(text).success ? allow(text) : refuse('ZONE', `Expected an IANA zone such as Europe/Berlin; got "${text}".`)

const keep =
  (read: (text: string) => Ruled<unknown>) =>
  (text: string): Ruled<string> => {
    const answer = read(text)
    return answer.ok ? allow(text) : answer
  }

/** Some vendors tell by mail alone. */
async function askMailbox(terminal: Terminal): Promise<Answers['mailbox']> {
  const place = await ask(
    terminal,
    'Do vendors send notices to a mailbox that is for nothing else (IMAP)? USER at HOST, e.g. notices@example.com at imap.example.com. - for none',
    '-',
    (text) => (text === '-' ? allow(null) : readMailbox(text)),
  )
  if (place === null) return null
  const senders = await ask(
    terminal,
    'Whose notices come there? SENDER: PUBLISHER, HOW ITS IDS BEGIN; e.g. psirt@vendor.com: Vendor, VEND-. Several: separated by a semicolon.',
    '',
    (text) => (text === '' ? refuse('EMPTY', 'At least one sender, please.') : each(parts(text, /;/), readSender)),
  )
  return { ...place, senders: [...senders] }
}

/** Asks about today's practice, in plain words, with what is usual as the default. */
export async function askAnswers(terminal: Terminal, { preset, here }: { preset: Answers['preset']; here: string }): Promise<Answers> {
  const organisation = await ask(terminal, 'What is your organisation called?', '', some)
  const zone = await ask(terminal, 'In which time zone do you work?', here, readZone)
  const chosen = await ask(terminal, `Which rule sets your deadlines (${PRESETS.join(', ')})?`, preset, oneOf(PRESETS))
  const people = await askPeople(terminal)
  const windows = await ask(
    terminal,
    `When may computers be changed? Several: separated by a semicolon. E.g. ${EXAMPLE}`,
    'Tuesday to Thursday 22:00 for 2 hours',
    (text) => each(parts(text, /;/), keep(readWindow)),
  )
  for (const text of windows) {
    const read = readWindow(text)
    if (read.ok) terminal.tell(`  understood: ${windowWords(read.value)}\n`)
  }
  const groups = await ask(terminal, 'Do some groups of hosts have times of their own? GROUP: WHEN; GROUP: WHEN. - for none', '-', (text) =>
    each(parts(text, /;/), readGroup),
  )
  const tools = await ask(terminal, 'How do updates get onto computers today (e.g. by hand, Ansible, WSUS)?', 'by hand', some)
  const vendors = await ask(
    terminal,
    `Whose bulletins matter to you? ${VENDOR_NAMES.join(', ')}, or addresses of feeds. - for none`,
    '-',
    (text) => each(parts(text, /[,;\s]+/), keep(readVendor)),
  )
  const mailbox = await askMailbox(terminal)
  const chat = await ask(terminal, 'Where do you chat (web, slack, teams)?', 'web', oneOf(['web', 'slack', 'teams'] as const))
  const helpPlace = await ask(terminal, 'Where do people get help?', 'the IT help desk', some)
  return {
    organisation,
    zone,
    preset: chosen,
    people,
    windows: [...windows],
    groups: [...groups],
    tools,
    vendors: [...vendors],
    mailbox,
    chat,
    channels: {},
    helpPlace,
  }
}

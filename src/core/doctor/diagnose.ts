import type { DataFacts, Diagnosis, Facts, Finding } from './facts.ts'
import { groupNotes, policyFindings } from './policy.ts'
import { signatureFindings } from './signature.ts'
import { workFindings } from './work.ts'

const NODE = 24
const ENOUGH_BYTES = 1_000_000_000
/** Times in cards, signatures and deadlines come from both clocks. */
const MOST_SKEW_MS = 5_000
const OLD_BACKUP_DAYS = 7

/** What is wrong with an installation, why it matters, and what to do; in the order in which one would mend it. */
export function diagnose(facts: Facts): Diagnosis {
  const { data } = facts
  return {
    findings: [
      ...machineFindings(facts),
      ...databaseFindings(facts),
      ...policyFindings(facts),
      ...(facts.chat ?? []),
      ...(data ? [...signatureFindings(facts, data), ...workFindings(facts, data), ...keptFindings(facts, data)] : []),
    ],
    notes: notesOf(facts),
  }
}

function machineFindings({ machine: { node, configuration, folder } }: Facts): readonly Finding[] {
  const found: Finding[] = configuration.map((what) => ({
    area: 'configuration',
    what,
    why: 'The bot does not start so.',
    mend: 'Set it right in the environment; README.md has the table of variables.',
  }))
  if (node < NODE)
    found.push({
      area: 'machine',
      what: `Node ${node} runs this; expected ${NODE} or newer.`,
      why: 'Nothing older is tested.',
      mend: 'Start it by npm, which brings its own Node: npm start.',
    })
  if (folder === null) return found
  const { path, state, freeBytes, tokensOpen } = folder
  if (state === 'not writable')
    found.push({
      area: 'machine',
      what: `The data folder ${path} cannot be written to.`,
      why: 'The database and the tokens are kept there.',
      mend: 'Give it to the account that the bot runs as, or set PATCHCRIER_DATA to another folder.',
    })
  if (freeBytes !== null && freeBytes < ENOUGH_BYTES)
    found.push({
      area: 'machine',
      what: `The disk of ${path} has ${Math.trunc(freeBytes / 1_000_000)} MB left.`,
      why: 'A database without space stops, in the middle of a rollout too.',
      mend: 'Make room: 1 GB at least.',
    })
  if (tokensOpen)
    found.push({
      area: 'machine',
      what: `Others can read ${path}/tokens.json.`,
      why: 'Outside sample mode a token is a person.',
      mend: `chmod 600 ${path}/tokens.json, and remove the file once to get new tokens.`,
    })
  return found
}

function databaseFindings({ database }: Facts): readonly Finding[] {
  switch (database.state) {
    case 'new':
    case 'unknown':
      return []
    case 'broken':
      return [
        {
          area: 'database',
          what: database.reason,
          why: 'All state lives there; without it nothing can be decided, told or stopped by chat.',
          mend: 'Check DATABASE_URL, or for the embedded one the end of postgres.log in the data folder.',
        },
      ]
    case 'behind':
      return [
        {
          area: 'database',
          what: `The database lacks ${database.missing.join(', ')}.`,
          why: 'It was last used by an older program.',
          mend: 'Make a backup, then start the bot: it brings the database up to date.',
        },
      ]
    case 'ok':
      if (Math.abs(database.skewMs) <= MOST_SKEW_MS) return []
      return [
        {
          area: 'database',
          what: `The clocks of this machine and of the database differ by ${Math.round(Math.abs(database.skewMs) / 1_000)} s.`,
          why: 'Deadlines and windows come from one, leases from the other, and signatures are judged by time.',
          mend: 'Let both take their time from the same server (NTP).',
        },
      ]
    default:
      return database satisfies never
  }
}

/** What must be there on the day when something is lost. */
function keptFindings({ organisation, now }: Facts, { auditFlaw, lastBackupAt }: DataFacts): readonly Finding[] {
  const found: Finding[] = []
  if (auditFlaw !== null)
    found.push({
      area: 'audit',
      what: `The audit chain is not whole: ${auditFlaw}.`,
      why: 'Somebody changed records behind the bot, or the disk did; the records no longer prove who decided what.',
      mend: 'Keep a copy of the database as it is, compare with the heads posted in the admin place, and with your backups.',
    })
  if (!organisation) return found
  const age = lastBackupAt === null ? null : Math.trunc((Date.parse(now) - Date.parse(lastBackupAt)) / 86_400_000)
  if (age === null || age > OLD_BACKUP_DAYS)
    found.push({
      area: 'backups',
      what: age === null ? 'No backup was ever made.' : `The last backup is ${age} days old.`,
      why: 'Everything that was decided is in this one database.',
      mend: 'npm run -s patchcrier -- backup FILE, daily, to another machine.',
    })
  return found
}

function notesOf({ organisation, database, data, asked, platforms, runners, chat }: Facts): readonly string[] {
  const notes: string[] = []
  if (!organisation) notes.push('This is sample mode: a made-up organisation. Yours begins with: npm run -s patchcrier -- policy init')
  if (database.state === 'new') notes.push('There are no data yet; the first start makes them: npm start')
  if (database.state === 'ok')
    notes.push(
      database.holder === null ? 'No bot is active: nothing happens until you start one (npm start).' : `Active: ${database.holder}.`,
    )
  notes.push(`Chat: ${platforms.join(', ')}. Runners: ${runners.join(', ')}.`)
  if (data?.inForce) notes.push(...groupNotes(data.inForce.policy.groups, data.seenInGroups))
  const silent = platforms.filter((name) => name !== 'web').map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`)
  if (chat === undefined && silent.length > 0)
    notes.push(
      `${silent.join(' and ')} ${silent.length === 1 ? 'was' : 'were'} not asked: a wrong or expired secret, a missing right, and a place that the bot is not in, show only with --online.`,
    )
  if (data && asked === null && organisation) notes.push('Sources were not asked; --online asks each of them once.')
  return notes
}

import { type Commands, JSON_OPTION } from './command.ts'

/** Every command of the program. Nothing heavy is loaded here: a command's file is, when it is run. */
export const COMMANDS: Commands = {
  start: {
    about: 'the bot, its database and its web chat, as npm start does',
    options: { standby: { about: 'waits while another bot is active and takes over when that one is gone' } },
    load: async () => (await import('./start.ts')).start,
  },
  worker: {
    about: 'works polls of an organisation beside its bot, until a signal ends it',
    more: 'On the database of the bot: DATABASE_URL, or the embedded one of the data folder. With PATCHCRIER_WORK=no the bot leaves all polls to workers.',
    load: async () => (await import('./worker.ts')).worker,
  },
  token: {
    about: "the token of host reports, then everybody's: a name and a token a line",
    load: async () => (await import('./token.ts')).token,
  },
  'audit verify': {
    about: 'finds a record that was edited, deleted, moved or put in later',
    options: {
      head: { value: 'SEQ:HASH', about: 'a head noted down earlier; proves that the last records are there, too' },
      ...JSON_OPTION,
    },
    load: async () => (await import('./audit.ts')).auditVerify,
  },
  doctor: {
    about: 'what is wrong with this installation, why it matters and what to do',
    more: 'Changes nothing. Asks Slack and Teams, where there are credentials for them. Exit 0: nothing to mend.',
    options: { online: { about: 'asks each source once, too' }, ...JSON_OPTION },
    load: async () => (await import('./doctor.ts')).doctor,
  },
  backup: {
    about: 'everything in the database into a new file, beside a running bot',
    more: 'Tokens, keys and the policy file are not in it, nor the jobs, which are only wake-ups. It holds names of people and hosts: it can be read by nobody but you (mode 600).',
    args: [{ name: 'FILE' }],
    options: JSON_OPTION,
    load: async () => (await import('./backup.ts')).backup,
  },
  restore: {
    about: 'a backup into an empty database; with DATABASE_URL the way to move to your own PostgreSQL',
    more: 'All of it or nothing. The sum and the level of the backup are checked before anything is touched, the audit chain afterwards. Stop the bot, its stand-by and its workers first.',
    args: [{ name: 'FILE' }],
    options: { replace: { about: 'removes what is in the database' }, ...JSON_OPTION },
    load: async () => (await import('./backup.ts')).restore,
  },
  parse: {
    about: 'what a bulletin file says, in our words',
    args: [{ name: 'FILE' }],
    options: { kind: { value: 'KIND', about: 'csaf (the default), rss, osv or kev' }, ...JSON_OPTION },
    load: async () => (await import('./parse.ts')).parse,
  },
  verify: {
    about: 'whether a bulletin, a mail (.eml), a link, a patch file or any other file is real',
    more: 'Of a bulletin FILE.sha512, FILE.sha256 and FILE.asc are looked for beside it; without --key it is checked by the key that is known here (of the folders of the policy; without a policy of the sample) and is said to have signed it. Of a mail the DNS is asked for the keys of its signatures, and with a key its OpenPGP signature is checked. Links are judged, never followed. An evidence is checked again without network, and proves by a key that the policy pins, the database knows by first sight or --fingerprint names, as long as that is not revoked and has not expired. Exit 0 only for AUTHENTIC and CORROBORATED.',
    args: [{ name: 'FILE|LINK', optional: true }],
    options: {
      patch: { value: 'FILE', about: 'a patch file, against the bulletin that names it, its archive, or beside --evidence' },
      bulletin: { value: 'FILE', about: 'that bulletin' },
      save: { value: 'FILE', about: 'writes everything that the verdict rests on into a new file' },
      evidence: { value: 'FILE', about: 'such a file: is its verdict the right one?' },
      release: { value: 'FILE', about: 'of a .deb: InRelease of its archive' },
      index: { value: 'FILE', about: 'and Packages, packed or not' },
      'package-key': { value: 'FILE', about: 'public keys of packages and archives' },
      'package-fingerprint': { value: 'HEX', multiple: true, about: 'those that count, by their primary keys' },
      roots: { value: 'FILE', about: 'PEM of what an Authenticode signature may lead to' },
      key: { value: 'FILE', about: 'armoured public key' },
      fingerprint: { value: 'HEX', about: 'of its primary key' },
      namespace: { value: 'HOST', multiple: true, about: 'whom it may speak for, e.g. www.redhat.com; of a mail the host of its sender' },
      ...JSON_OPTION,
    },
    load: async () => (await import('./verify.ts')).verify,
  },
  evidence: {
    about: 'what the verdict of a stored bulletin rests on, into a new file for verify --evidence',
    args: [{ name: 'BULLETIN' }, { name: 'FILE' }],
    load: async () => (await import('./evidence.ts')).evidence,
  },
  dropped: {
    about: 'what of a source could not be taken or is not proved, by the id of the source; with a folder what came of it, too',
    more: 'Of each item the first 64 KB are kept (of a mail 1 MB), with the hash of the whole. It is what strangers sent, and may be a forgery: open it as text only.',
    args: [{ name: 'SOURCE' }, { name: 'FOLDER', optional: true }],
    options: JSON_OPTION,
    load: async () => (await import('./dropped.ts')).dropped,
  },
  'source reset': {
    about: 'forgets how far a source was read: its next poll takes what it lists as it is',
    more: 'For a list that was refused because too much of it was gone, after you have looked whether that is true. What was taken stays, and so do the keys that were pinned at first sight. It goes into the audit chain.',
    args: [{ name: 'SOURCE' }],
    options: {
      reason: { value: 'TEXT', about: 'what you found out; it is needed' },
      by: { value: 'PERSON', about: 'id of who says so, for the record' },
    },
    load: async () => (await import('./source.ts')).sourceReset,
  },
  import: {
    about: 'takes an inventory file in',
    more: 'Formats: csv, json (their endings tell), rpm-qa and dpkg-l (packages of one host: --host). A broken row is named by its line and skipped.',
    args: [{ name: 'FILE' }],
    options: {
      kind: { value: 'KIND', about: 'csv, json, rpm-qa or dpkg-l' },
      host: { value: 'HOST', about: 'whose packages they are' },
      by: { value: 'PERSON', about: 'id of who hands it in, for the record' },
      ...JSON_OPTION,
    },
    load: async () => (await import('./import.ts')).importFile,
  },
  match: {
    about: 'which hosts of an inventory a bulletin is for',
    options: {
      bulletin: { value: 'FILE', about: 'the bulletin' },
      inventory: { value: 'FILE', about: 'the inventory' },
      kind: { value: 'KIND', about: 'of the bulletin; csaf is the default' },
      ...JSON_OPTION,
    },
    load: async () => (await import('./match.ts')).match,
  },
  replay: {
    about: 'a folder of bulletins through a policy and a fleet',
    more: 'What would have become a change, and which deadlines would have been met. No database, a clock of its own; the same input gives the same bytes.',
    args: [{ name: 'DIR' }],
    options: {
      policy: { value: 'FILE', about: 'the policy' },
      inventory: { value: 'FILE', about: 'the fleet' },
      delay: {
        value: 'ROLE=DURATION',
        multiple: true,
        about: 'how long a role lets its work lie, e.g. security=4h; an hour where nothing is said',
      },
      ...JSON_OPTION,
    },
    load: async () => (await import('./replay.ts')).replay,
  },
  'policy check': {
    about: 'everything that is wrong with a policy file, each with its line',
    args: [{ name: 'FILE' }],
    options: JSON_OPTION,
    load: async () => (await import('./policy.ts')).policyCheck,
  },
  'policy init': {
    about: "asks about today's practice and writes a policy file",
    more: 'Never over a file that is there. It asks on the terminal, or takes the answers from a file: organisation, zone, people, windows, groups, tools, vendors, chat.',
    options: {
      preset: { value: 'PRESET', about: 'chapter (the default), essential-eight, pci-dss or bod-26-04' },
      out: { value: 'FILE', about: './policy.yaml where nothing is said' },
      answers: { value: 'FILE', about: 'answers as JSON, instead of asking' },
    },
    load: async () => (await import('./policy.ts')).policyInit,
  },
  'teams package': {
    about: 'the app to upload to Teams: manifest and icons in one zip file',
    more: 'With the id in MICROSOFT_APP_ID. adapters/teams/README.md says what to do with it.',
    options: {
      out: { value: 'FILE', about: './patchcrier-teams.zip where nothing is said' },
      site: { value: 'URL', about: 'your page about it, which Teams shows to people' },
    },
    load: async () => (await import('./teams.ts')).teamsPackage,
  },
  help: {
    about: 'this; COMMAND --help tells more of one',
    load: async () => (await import('./words.ts')).help,
  },
}

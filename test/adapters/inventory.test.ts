import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { csvFormat } from '../../adapters/inventory/csv/index.ts'
import { dpkgFormat } from '../../adapters/inventory/dpkg-l/index.ts'
import { jsonFormat } from '../../adapters/inventory/json/index.ts'
import { rpmQaFormat } from '../../adapters/inventory/rpm-qa/index.ts'
import type { ImportedHost, ImportItem } from '../../src/core/assess/import/item.ts'
import { installedVersion } from '../../src/core/assess/scheme.ts'
import type { InventoryFormat } from '../../src/ports.ts'

const NOW = '2026-11-24T12:00:00.000Z'

/** The bytes in portions of `size`, so that lines, characters and quotes are cut at every place. */
async function* portions(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

async function read(format: InventoryFormat, file: string | Uint8Array, { host, size = 7 }: { host?: string; size?: number } = {}) {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  const items: ImportItem[] = []
  for await (const item of format.read(portions(bytes, size), { now: NOW, ...(host === undefined ? {} : { host }) })) items.push(item)
  return {
    hosts: items.flatMap((i) => (i.kind === 'host' ? [i.host] : [])),
    problems: items.flatMap((i) => (i.kind === 'problem' ? [`${i.line}: ${i.reason}`] : [])),
    notes: items.flatMap((i) => (i.kind === 'note' ? [i.text] : [])),
  }
}

const packages = (host: ImportedHost | undefined): readonly string[] =>
  (host?.installs ?? []).map((i) => `${i.scheme} ${i.name} ${installedVersion(i)} ${i.arch}`)

const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}

/** The same table as a spreadsheet with semicolons writes it: cells that hold one are quoted. */
const semicolons = (text: string): string =>
  text.replaceAll(/[^,\n]+/g, (cell) => (cell.includes(';') ? `"${cell}"` : cell)).replaceAll(',', ';')

describe('csv', () => {
  const FULL =
    'host,owner,department,site,environment,class,criticality,location,ownership,managed,workstation,patch_team,os,streams,last_seen,exposure,sponsor,sponsor_until,serial,cloud_id,fqdn,running_kernel,packages\n' +
    'WEB-01,ana@x.example,Sales,Hamburg,Production,web servers,Mission-Critical,data center,vendor,yes,No,1,Red Hat Enterprise Linux 8.6,BaseOS-8.6; AppStream-8.6,2026-11-20 10:00,internet,kofi@x.example,2027-01-31,ABC123,i-0a1,web-01.x.example,kernel=4.18.0-1.el8.x86_64,openssl=1:1.1.1k-9.el8_6.x86_64;bash=4.4.20-3.el8.x86_64\n'

  test('every column', async () => {
    const { hosts, problems, notes } = await read(csvFormat, FULL)
    expect({ problems, notes }).toEqual({ problems: [], notes: [] })
    expect(hosts).toMatchObject([
      {
        host: 'web-01',
        lastSeen: '2026-11-20T10:00:00.000Z',
        facts: {
          owner: 'ana@x.example',
          department: 'Sales',
          environment: 'production',
          assetClass: 'web servers',
          criticality: 'mission-critical',
          location: 'data centre',
          ownership: 'vendor',
          managed: true,
          workstation: false,
          patchTeam: true,
          streams: ['BaseOS-8.6', 'AppStream-8.6'],
          exposure: 'internet',
          sponsor: { email: 'kofi@x.example', until: '2027-01-31T00:00:00.000Z' },
          serial: 'ABC123',
          cloudId: 'i-0a1',
          fqdn: 'web-01.x.example',
          runningKernel: { scheme: 'rpm', name: 'kernel' },
        },
      },
    ])
    expect(packages(hosts[0])).toEqual(['rpm openssl 1:1.1.1k-9.el8_6 x86_64', 'rpm bash 0:4.4.20-3.el8 x86_64'])
  })

  test.each<[string, string | Uint8Array]>([
    ['CR LF', FULL.replaceAll('\n', '\r\n')],
    ['CR alone', FULL.replaceAll('\n', '\r')],
    ['no line end at the end', FULL.trimEnd()],
    ['a byte order mark', `\uFEFF${FULL}`],
    ['UTF-16, little end first', utf16(FULL, false)],
    ['UTF-16, big end first', utf16(FULL, true)],
    ['semicolons, as spreadsheets of many countries write', semicolons(FULL)],
  ])('the same with %s', async (_what, file) => {
    expect((await read(csvFormat, file)).hosts).toEqual((await read(csvFormat, FULL)).hosts)
  })

  test('wherever the file is cut into portions, it is the same', async () => {
    const whole = await read(csvFormat, FULL, { size: 1_000_000 })
    for (const size of [1, 2, 3, 64]) expect(await read(csvFormat, FULL, { size })).toEqual(whole)
  })

  test('quotes, line ends inside of them, and quotes inside of them', async () => {
    const { hosts, problems } = await read(csvFormat, 'host,department,notes\nweb-01,"Sales, ""North""","two\nlines"\nweb-02,IT,x\n')
    expect(problems).toEqual([])
    expect(hosts.map((h) => h.facts.department)).toEqual(['Sales, "North"', 'IT'])
  })

  test('what the columns are is said once, and so is what counts in their place', async () => {
    const { hosts, notes } = await read(csvFormat, 'Host,Colour,Last Seen\nweb-01,red,-\nweb-02,blue,n/a\n')
    expect(hosts).toEqual([
      { host: 'web-01', facts: {} },
      { host: 'web-02', facts: {} },
    ])
    expect(notes).toEqual([
      'Unknown columns, not read: Colour.',
      'Not said here; for a host that is new this counts: owner: nobody is asked or told about it; department: unknown; site: unknown; environment: production; class: unclassified; criticality: normal; location: office; ownership: company; managed: yes; workstation: no; operating system: unknown; streams: none.',
      'Without its product streams no publisher’s bulletin matches a host.',
      'Without packages a host that is new matches nothing; those of known hosts stay as they are.',
    ])
  })

  test('without the column that names the host nothing is read', async () => {
    const { hosts, problems } = await read(csvFormat, 'name,os\nweb-01,Debian\n')
    expect(hosts).toEqual([])
    expect(problems).toEqual([
      expect.stringMatching(/^1: the column "host" is missing\. Expected the columns host, owner, .*packages; found name, os$/),
    ])
  })

  test.each<[string, string | Uint8Array, string]>([
    ['no host', ',Sales', '2: host: expected a host name, got nothing'],
    ['a broken host name', 'web 01,Sales', '2: host: expected a host name, got "web 01"'],
    ['too few cells', 'web-01', '2: expected 2 cells as the first line has, got 1'],
    ['too many cells', 'web-01,Sales,x', '2: expected 2 cells as the first line has, got 3'],
    ['a formula', "web-01,=cmd|'/c calc'!A0", '2: department: looks like a formula, got "=cmd|\'/c calc\'!A0"'],
    ['another formula', 'web-01,@SUM(1)', '2: department: looks like a formula, got "@SUM(1)"'],
    ['a control character', 'web-01,Sa\u0007les', '2: it holds control characters'],
    ['a text that turns the direction of writing', 'web-01,Sa\u202Eles', '2: it holds control characters'],
    ['a text of another encoding', Buffer.from('web-01,B\xfcro', 'latin1'), '2: not UTF-8 text; save the file as UTF-8'],
    ['a quote in the middle', 'web-01,Sa"l"es', '2: its quotes do not close; a quote inside a quoted cell is written twice'],
    ['a quote that is never closed', 'web-01,"Sales', '2: a quote is opened and not closed; a quote inside a quoted cell is written twice'],
    ['a huge line', `web-01,${'x'.repeat(1_000_001)}`, '2: longer than 1000000 characters'],
    ['a huge cell', `web-01,${'x'.repeat(300)}`, '2: department: Too big: expected string to have <=200 characters, got "xxxxxxx'],
  ])('a row with %s is named by its line and skipped, the next one is taken', async (_what, row, problem) => {
    const file = Buffer.concat([Buffer.from('host,department\n'), Buffer.from(row as string), Buffer.from('\nweb-02,IT\n')])
    const { hosts, problems } = await read(csvFormat, file, { size: 4096 })
    expect(problems).toHaveLength(1)
    expect(problems[0]?.startsWith(problem), problems[0]).toBe(true)
    expect(hosts.map((h) => h.host)).toEqual(['web-02'])
  })

  test('all faults of a row are told at once', async () => {
    const file = 'host,managed,environment,owner,last_seen\nweb-01,perhaps,moon,ana,25/11/2026\n'
    expect((await read(csvFormat, file)).problems).toEqual([
      '2: owner: expected an e-mail address, got "ana"; environment: expected production or test, got "moon"; managed: expected yes or no, got "perhaps"; last_seen: expected a time such as 2026-11-25T14:05:00Z, got "25/11/2026"',
    ])
  })

  test('a package that cannot be read is named, the others of the host are taken', async () => {
    const { hosts, problems } = await read(
      csvFormat,
      'host,os,packages\nweb-01,Ubuntu 24.04,bash=5.2-1.amd64;curl;zip=3.0;gzip=1.12-1.amd64\n',
    )
    expect(problems).toEqual(['2: web-01: 2 of 4 packages cannot be read and are not taken: "curl", "zip=3.0"'])
    expect(packages(hosts[0])).toEqual(['dpkg bash 5.2-1 amd64', 'dpkg gzip 1.12-1 amd64'])
  })

  test('versions are those of the operating system, unless the file says otherwise', async () => {
    const file =
      'host,os,scheme,packages\na,Alpine Linux 3.19,,musl=1.2.4-r2.x86_64\nb,Windows 11,,Google Chrome=120.0.6099.130\nc,Debian 12,pep440,requests=2.31.0\n'
    expect((await read(csvFormat, file)).hosts.map((h) => packages(h)[0])).toEqual([
      'apk musl 1.2.4-r2 x86_64',
      undefined,
      'pep440 requests 2.31.0 noarch',
    ])
  })

  test('a sign of life from the future counts from now', async () => {
    const { hosts, problems } = await read(csvFormat, 'host,last_seen\nweb-01,2099-01-01\n')
    expect(hosts[0]?.lastSeen).toBe(NOW)
    expect(problems).toEqual(['2: web-01: last_seen 2099-01-01T00:00:00.000Z is in the future and counts from now'])
  })

  test.each(['', '\n\n', '\uFEFF'])('an empty file %j says so', async (file) => {
    expect((await read(csvFormat, file)).problems).toEqual([expect.stringMatching(/^1: (the file is empty|the column "host" is missing)/)])
  })
})

describe('json', () => {
  test('the sample fleet', async () => {
    const fleet = readFileSync(new URL('../../manifests/sample/fleet.json', import.meta.url))
    const { hosts, problems, notes } = await read(jsonFormat, fleet, { size: 1000 })
    expect({ problems, notes }).toEqual({ problems: [], notes: [] })
    expect(hosts).toHaveLength(61)
    expect(hosts[0]?.lastSeen?.endsWith('Z')).toBe(true)
    expect(hosts.every((h) => (h.installs?.length ?? 0) > 0 && h.facts.owner !== undefined)).toBe(true)
  })

  const TWO =
    '[\n {"host": "web-01", "operatingSystem": "Debian 12",\n  "installs": [{"name": "a]{", "version": "1"}, {"name": "bash", "version": "5.2-1", "arch": "amd64"}]},\n {"host": "web-02", "department": "a \\"quoted\\" ] word"}\n]'

  test('a simple list; brackets inside of strings are no brackets', async () => {
    const { hosts, problems } = await read(jsonFormat, TWO)
    expect(hosts.map((h) => h.host)).toEqual(['web-01', 'web-02'])
    expect(packages(hosts[0])).toEqual(['dpkg bash 5.2-1 amd64'])
    expect(problems).toEqual([
      '2: web-01: 1 of 2 packages cannot be read and are not taken: "{\\"name\\":\\"a]{\\",\\"version\\":\\"1\\"}"',
    ])
  })

  test('wherever the file is cut into portions, it is the same', async () => {
    const whole = await read(jsonFormat, TWO, { size: 1_000_000 })
    for (const size of [1, 2, 3, 64]) expect(await read(jsonFormat, TWO, { size })).toEqual(whole)
  })

  test.each([
    ['{"host": "web-01",}', /^1: not JSON/],
    ['{"host": 7}', /^1: host: .*got 7$/],
    ['"web-01"', /^1: expected an object with a "host", got "web-01"$/],
    ['{"host": "web-01", "managed": "perhaps"}', /^1: managed: expected yes or no, got "perhaps"$/],
    ['{"host": "web-01", "streams": [1]}', /^1: streams: /],
    ['{"host": "web-01", "__proto__": {"managed": true}, "managed": {}}', /^1: managed: expected yes or no/],
  ])('%s is named by its line and skipped, the next one is taken', async (element, problem) => {
    const { hosts, problems } = await read(jsonFormat, `[${element},\n{"host": "web-02"}]`)
    expect(problems).toEqual([expect.stringMatching(problem)])
    expect(hosts.map((h) => h.host)).toEqual(['web-02'])
  })

  test.each([
    ['', '1: expected a list of hosts, or {"hosts": [...]}. Nothing behind it was read'],
    ['{"fleet": []}', '1: expected a list of hosts, or {"hosts": [...]}. Nothing behind it was read'],
    [`<html>${' '.repeat(2000)}`, '1: expected a list of hosts, or {"hosts": [...]}. Nothing behind it was read'],
    ['[{"host": "web-01"},\n{"host": "web', '2: the list is not closed: a bracket or a quote is missing. Nothing behind it was read'],
    [`["${'x'.repeat(1_100_000)}"]`, '1: this host is longer than 1000000 characters. Nothing behind it was read'],
  ])('what is no list says so: %#', async (file, problem) => {
    expect((await read(jsonFormat, file, { size: 65_536 })).problems).toEqual([problem])
  })
})

describe('package lists of one host', () => {
  test('rpm with epochs', async () => {
    const file =
      'openssl 1:1.1.1k-9.el8_6 x86_64\nbash 0:4.4.20-3.el8 x86_64\ngpg-pubkey 0:fd431d51-4ae0493b (none)\nold (none):1.0-1 noarch\n'
    const { hosts, problems, notes } = await read(rpmQaFormat, file, { host: 'Web-01' })
    expect(problems).toEqual([])
    expect(notes).toEqual(['Only the packages of web-01 are in this list, which counts as seen now: whatever else is known of it stays.'])
    expect(hosts).toMatchObject([{ host: 'web-01', facts: {} }])
    expect(packages(hosts[0])).toEqual(['rpm openssl 1:1.1.1k-9.el8_6 x86_64', 'rpm bash 0:4.4.20-3.el8 x86_64', 'rpm old 0:1.0-1 noarch'])
  })

  test('a plain rpm -qa is taken, and said once to have no epochs', async () => {
    const { hosts, problems } = await read(rpmQaFormat, 'openssl-1.1.1k-9.el8_6.x86_64\nbash-4.4.20-3.el8.x86_64\n', { host: 'web-01' })
    expect(packages(hosts[0])).toEqual(['rpm openssl 0:1.1.1k-9.el8_6 x86_64', 'rpm bash 0:4.4.20-3.el8 x86_64'])
    expect(problems).toEqual([expect.stringMatching(/^1: this is the output of a plain `rpm -qa`, which leaves epochs out/)])
  })

  test('dpkg-query', async () => {
    const file = 'bash 5.2.15-2+b2 amd64 ii \nold 1.0 all rc \nhalf 1.0 amd64 iU \nheld 2:1.0-1 amd64 hi \n'
    const { hosts, problems } = await read(dpkgFormat, file, { host: 'web-01' })
    expect(packages(hosts[0])).toEqual(['dpkg bash 5.2.15-2+b2 amd64', 'dpkg held 2:1.0-1 amd64'])
    expect(problems).toEqual(['3: half is half installed or broken (status iU) and was not taken'])
  })

  test('dpkg -l', async () => {
    const file = [
      'Desired=Unknown/Install/Remove/Purge/Hold',
      '| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend',
      '|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)',
      '||/ Name           Version      Architecture Description',
      '+++-==============-============-============-=================================',
      'ii  adduser        3.134        all          add and remove users and groups',
      'ii  libc6:amd64    2.36-9+deb12u13 amd64     GNU C Library: Shared libraries',
      'rc  linux-image-6  6.1.1-1      amd64        Linux 6.1',
      'iiR broken         1.0          amd64        must be installed again',
    ].join('\n')
    const { hosts, problems } = await read(dpkgFormat, file, { host: 'web-01' })
    expect(packages(hosts[0])).toEqual(['dpkg adduser 3.134 all', 'dpkg libc6 2.36-9+deb12u13 amd64'])
    expect(problems).toEqual(['9: broken is half installed or broken (status iiR) and was not taken'])
  })

  test.each<[InventoryFormat, string, string | undefined, RegExp]>([
    [rpmQaFormat, '', 'web-01', /^1: no package was found, so nothing was taken; expected lines such as/],
    [dpkgFormat, '\n\n', 'web-01', /^1: no package was found, so nothing was taken/],
    [rpmQaFormat, 'bash 0:1-1 x86_64', undefined, /^1: the list does not say which host it is about\. host: expected a host name/],
    [rpmQaFormat, 'bash 0:1-1 x86_64', 'a b', /^1: the list does not say which host it is about\. host: expected a host name, got "a b"/],
  ])('%# nothing is taken when nothing was found, or nobody says of whom', async (format, file, host, problem) => {
    const { hosts, problems } = await read(format, file, host === undefined ? {} : { host })
    expect(hosts).toEqual([])
    expect(problems).toEqual([expect.stringMatching(problem)])
  })

  test('another list than expected is told line by line, and nothing is taken', async () => {
    const { hosts, problems } = await read(dpkgFormat, 'bash 0:1-1 x86_64\n', { host: 'web-01' })
    expect(hosts).toEqual([])
    expect(problems).toEqual([
      '1: expected a line of dpkg with a status such as `ii`, got "bash 0:1-1 x86_64"',
      expect.stringMatching(/^1: no package was found/),
    ])
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allReport, announced, done, eventually, OPENSSL, ROLLING, refused, startWalk, TEAM, until, type Walk } from './paths-support.ts'

let walk: Walk
beforeAll(async () => {
  walk = await startWalk()
  await eventually(walk, OPENSSL)
})
afterAll(() => walk?.house.end())

/** The added bulletins that somebody sees who types the command and presses "Show more" until there is none. */
async function shownTo(actor: string, line: string): Promise<readonly string[]> {
  const ask = { actor, place: TEAM, inputs: {} }
  const seen: string[] = []
  let outcome = await walk.house.doors.handleIntent({ ...ask, verb: 'command', subject: '', inputs: { text: line } })
  for (;;) {
    if (!outcome.ok) throw new Error(outcome.refusal.text)
    const [card] = outcome.cards
    seen.push(...(JSON.stringify(card?.blocks).match(/PAGE-\d+/g) ?? []))
    const more = card?.actions.find(({ label }) => label === 'Show more')
    if (!more) return seen
    outcome = await walk.house.doors.handleIntent({ ...ask, verb: more.verb, subject: more.id })
  }
}

const answer = async (person: string, line: string): Promise<string> => (await done(walk.say(person, line))).text

describe('help shows what the asker may do, and nothing else', () => {
  test.each([
    {
      person: 'ana',
      may: [
        'bulletins',
        'show',
        'changes',
        'affected',
        'stop',
        'why',
        'schedule',
        'windows',
        'roles',
        'sources',
        'inventory',
        'verify',
        'delay',
      ],
      mayNot: ['resume'],
    },
    { person: 'greta', may: ['bulletins', 'changes', 'why', 'roles', 'schedule'], mayNot: ['stop', 'resume'] },
    {
      person: 'kofi',
      may: ['help', 'status', 'verify', 'delay'],
      mayNot: ['bulletins', 'show', 'changes', 'affected', 'stop', 'why', 'resume', 'schedule', 'windows', 'roles', 'sources', 'inventory'],
    },
  ])('to $person', async ({ person, may, mayNot }) => {
    const help = await answer(person, 'help')
    for (const word of may) expect(help).toMatch(new RegExp(`\\b${word}\\b`))
    for (const word of mayNot) expect(help).not.toMatch(new RegExp(`\\b${word} `))
    for (const word of mayNot) refused(await walk.say(person, `${word} 1`), /ROLE_MISSING: `\w+` is for (patch-team|security)/)
  })
})

describe('a word that is no command', () => {
  test.each([
    ['ana', 'staus', /"staus" is not a command\. Did you mean `status \| status page 2`\? Try `help`\./],
    ['ana', 'CHANGE', /Did you mean `changes \| changes page 2`\?/],
    ['ana', 'clasify 1 high', /"clasify" is not a command\. "Classify" is a button on the alert card\. Try `help`\./],
    ['emil', 'aprove', /"Approve" is a button on the card "Go or no-go"\./],
    ['kofi', 'dealy 1', /Did you mean `delay 12 tomorrow 22:00 REASON`\?/],
    ['emil', 'resum 1', /Did you mean `resume 12`\?/],
    ['ana', 'shedule', /Did you mean `schedule`\?/],
    ['ana', 'window', /Did you mean `windows`\?/],
    ['kofi', 'verfy', /Did you mean `verify RHSA-2023:3408 \| verify LINK`\?/],
    ['ana', 'source', /Did you mean `sources \| sources page 2`\?/],
    // What somebody may not do is no help either.
    ['kofi', 'clasify', /"clasify" is not a command\. Try `help`\.$/],
    ['kofi', 'bulletin', /"bulletin" is not a command\. Try `help`\.$/],
    ['ana', 'foo', /"foo" is not a command\. Try `help`\.$/],
    ['ana', '<!channel> __proto__', /"<!channel>" is not a command\. Try `help`\.$/],
    ['ana', 'constructor', /"constructor" is not a command\. Try `help`\.$/],
    ['ana', '   ', /Try `help`\.$/],
  ])('%s types "%s"', async (person, line, said) => refused(await walk.say(person, line), said))
})

describe('an argument that leads nowhere says what was expected', () => {
  test.each([
    ['show', /Which one\? For example `show 12`/],
    ['show 99', /There is no change 99\. Try `changes`\./],
    ['show RHSA-1999:1', /No bulletin is called "RHSA-1999:1"\. Try `bulletins`\./],
    ['show %', /No bulletin is called "%"/],
    ['show rhsa_2023:3408', /No bulletin is called/],
    ['show rhsa-2023_3408.json', /No bulletin is called/],
    ['affected', /Which change\? For example `affected 12`\./],
    ['affected openssl', /Which change\?/],
    ['affected 99', /There is no change 99/],
    ['affected 99999999999', /Which change\?/],
    ['affected 1 page 0', /PAGE_UNKNOWN: Expected `affected 12 page 2`, with a page from 1 to 10000; got "page 0"/],
    ['affected 1 page 3', /PAGE_BEYOND: There are 2 pages, so there is no page 3\./],
    ['affected 99 page 2', /There is no change 99/],
    ['affected 1 everything', /PAGE_UNKNOWN: .*got "everything"/],
    ['bulletins page 0', /PAGE_UNKNOWN: Expected `bulletins page 2`/],
    ['bulletins page 10001', /PAGE_UNKNOWN: .*from 1 to 10000; got "page 10001"/],
    ['bulletins page 99999999999999999999', /PAGE_UNKNOWN/],
    ['bulletins page -1', /PAGE_UNKNOWN/],
    ['bulletins page 1e3', /PAGE_UNKNOWN/],
    ['bulletins page 2; DROP TABLE "Bulletin"', /PAGE_UNKNOWN/],
    ['bulletins 2', /PAGE_UNKNOWN: .*got "2"/],
    ['bulletins page 10000', /PAGE_BEYOND: There is only one page\./],
    ['changes page 2', /PAGE_BEYOND/],
    ['changes page two', /PAGE_UNKNOWN/],
    ['coverage page 9999', /PAGE_BEYOND: There/],
    ['stop', /Which change\? For example `stop 12`\./],
    ['stop 99', /There is no change 99/],
    ['stop 1', /NOTHING_TO_STOP: Nothing of change 1 runs: it waits for its classification\./],
    ['why', /Which host\? For example `why web-01`\./],
    ['why web-99', /The inventory has no host "web-99"/],
    ['why web-01 someday', /DATE_UNKNOWN: "someday" is not a date\. Expected one such as `2026-03-03`, `3 March`/],
    ['why web-01 yesterday evening', /"yesterday evening" is not a date/],
    ['why web-01 tomorrow', /DATE_FUTURE: That day is still to come\. Type `schedule`/],
    ['resume', /Which change\? For example `resume 12`/],
    ['resume 99', /There is no change 99/],
    ['resume 1', /NOTHING_TO_RESUME: Change 1 does not stand still: it waits for its classification/],
    ['delay', /Which change\? For example `delay 12 tomorrow 22:00 month-end closing`/],
    ['delay 99 tomorrow', /NOT_ANNOUNCED: Nothing was announced under change 99/],
    ['delay 1', /NOT_ANNOUNCED: Nothing was announced under change 1/],
    ['verify', /What shall be checked\? For example `verify RHSA-2023:3408`/],
    ['verify RHSA-1999:1', /No bulletin is called "RHSA-1999:1", and it is no address/],
    ['verify %', /No bulletin is called "%"/],
    ["verify ' OR 1=1 --", /No bulletin is called "' OR 1=1 --"/],
    ['verify __proto__', /No bulletin is called "__proto__"/],
  ])('%s', async (line, said) => refused(await walk.say(line.startsWith('resume') ? 'dana' : 'ana', line), said))

  test.each([
    'why',
    'verify',
    'show',
    'delay',
    'resume',
    'stop',
    'schedule',
    'windows',
    'roles',
    'sources',
    'coverage',
    'inventory',
    'nothing',
  ])('%s with a hostile argument is answered, and nothing breaks', async (word) => {
    const answers = [
      'x'.repeat(10_000),
      '\u0000\u0007\u202e',
      '\'; DROP TABLE "Change"; --',
      '__proto__ constructor',
      '1e99',
      '-1 -1',
      '<!channel>',
    ]
    for (const argument of answers) {
      const intent = { actor: 'dana', place: TEAM, verb: 'command', subject: '', inputs: { text: `${word} ${argument}` } }
      const said = JSON.stringify(await walk.house.doors.handleIntent(intent))
      expect(said.length, said).toBeLessThan(8_000)
    }
    expect(await walk.house.house.db.change.count()).toBe(1)
  })

  test('a line that is longer than any sense is refused at the edge', async () => {
    await expect(walk.say('ana', `why ${'x'.repeat(10_000)}`)).rejects.toThrow(/400.*expected string to have <=2000 characters/)
  })

  test('a person whom the policy does not know', async () => {
    await expect(walk.say('mallory', 'status')).rejects.toThrow(/400.*expected one of ana, ben/)
  })
})

describe('the lists', () => {
  test('status says where everything stands', async () => {
    const status = await answer('kofi', 'status')
    expect(status).toMatch(/1 open, 0 closed/)
    expect(status).toMatch(/6 taken, 0 held/)
    expect(status).toMatch(/61 hosts/)
    expect(status).toMatch(/Sample CSAF folder last good answer/)
    expect(status).toMatch(/change 1 \(openssl\) waits for its classification/)
  })

  test('bulletins names each with its verdict and its change', async () => {
    const list = await answer('ana', 'bulletins')
    expect(list).toMatch(/RHSA-2023:3408 1 openssl security update AUTHENTIC new change 1/)
    expect(list).toMatch(/RHSA-2023:7207 3 c-ares security update AUTHENTIC history 4 hosts/)
    expect(list).toMatch(/VA-24-201-01 1\.0\.0 Adminer and AdminerEvo Multiple Vulnerabilities AUTHENTIC history no match/)
  })

  test('bulletins goes on at "Show more" until all were shown once, and tells what is held to security alone', async () => {
    const { db } = walk.house.house
    const like = await db.bulletin.findFirstOrThrow({ where: { vendorId: 'RHSA-2023:3408' } })
    const { id: _, changeId: __, document: ___, verification, ...rest } = like
    const more = Array.from({ length: 45 }, (_, i) => ({
      ...rest,
      verification: verification as object,
      vendorId: `PAGE-${i}`,
      fileName: `page-${i}.json`,
      story: `page-${i}`,
      digest: `${i}`.padStart(like.digest.length, '0'),
      origin: i < 5 ? 'held' : 'new',
    }))
    await db.bulletin.createMany({ data: more as never })
    expect((await shownTo('ana', 'bulletins')).toSorted()).toEqual(
      more
        .slice(5)
        .map((m) => m.vendorId)
        .toSorted(),
    )
    expect((await shownTo('dana', 'bulletins')).toSorted()).toEqual(more.map((m) => m.vendorId).toSorted())
    expect(await answer('ana', 'bulletins page 3')).toMatch(/41-46 of 46/)
    refused(await walk.say('ana', 'bulletins page 4'), /PAGE_BEYOND: There are 3 pages, so there is no page 4\./)
    await db.bulletin.deleteMany({ where: { vendorId: { startsWith: 'PAGE-' } } })
  })

  test.each([
    ['kofi', 'more', 'bulletins page 2', 'ROLE_MISSING'],
    ['kofi', 'affected', 'change:1/page-2', 'ROLE_MISSING'],
    ['ana', 'more', 'stop 1', 'VERB_UNKNOWN'],
    ['ana', 'more', 'bulletins page 2 page 3', 'VERB_UNKNOWN'],
    ['kofi', 'more', 'home page 1', 'ROLE_MISSING'],
    ['kofi', 'more', 'roles page 1', 'ROLE_MISSING'],
    ['kofi', 'more', 'status page 9', 'PAGE_BEYOND'],
    ['ana', 'more', 'home page 1', 'done'],
    ['ana', 'more', 'home page 9', 'PAGE_BEYOND'],
    ['ana', 'more', 'sources page 9', 'PAGE_BEYOND'],
    ['ana', 'more', 'roles page 9', 'PAGE_BEYOND'],
    ['kofi', 'timeline', 'change:1/page-1', 'ROLE_MISSING'],
    ['ana', 'timeline', 'change:1/page-9', 'PAGE_BEYOND'],
    ['ana', 'details', 'change:1/page-1', 'done'],
    ['ana', 'details', 'change:1/page-9', 'PAGE_BEYOND'],
    ['ana', 'more', 'inventory page 9', 'PAGE_BEYOND'],
    ['kofi', 'more', 'policy page 1', 'ROLE_MISSING'],
    ['ana', 'more', 'policy page 9', 'PAGE_BEYOND'],
    ['ana', 'more', 'policy reload', 'VERB_UNKNOWN'],
    ['ana', 'affected', 'change:1/page-0', 'PAGE_UNKNOWN'],
    ['ana', 'affected', 'change:1/page-99', 'PAGE_BEYOND'],
  ])('a forged button of %s: %s %s is %s', async (actor, verb, subject, code) => {
    const outcome = await walk.house.doors.handleIntent({ actor, place: TEAM, verb, subject, inputs: {} })
    expect(outcome.ok ? 'done' : outcome.refusal.code).toBe(code)
  })

  test('show takes the number of a change, or the name of a bulletin in any case', async () => {
    expect(await answer('ana', 'show 1')).toMatch(/^One change Change 1 openssl security update \(RHSA-2023:3408 rev 1, AUTHENTIC\)/)
    expect(await answer('ana', 'show #1')).toMatch(/waits for its classification · proposed medium · 14 hosts/)
    expect(await answer('ana', 'show rhsa-2023:3408')).toMatch(/Maximum severity Moderate/)
  })

  test('affected names the hosts with their marks', async () => {
    const hosts = await answer('ana', 'affected 1')
    expect(hosts).toMatch(/^14 affected hosts: openssl security update/)
    expect(hosts).toMatch(/edge-03 .* unmanaged/)
    expect(hosts).toMatch(/file-01 .* not seen since/)
    expect(hosts).toMatch(/1-20 of 30/)
    const more = await done(walk.intent({ person: 'ana', place: TEAM, verb: 'affected', subject: 'change:1/page-2' }))
    expect(more.text).toMatch(/^14 affected hosts: .*ws-mateo .*21-30 of 30/)
  })
})

describe('what is planned, who is who, and what is watched', () => {
  test('windows says for whom each is and whether it is open', async () => {
    expect(await answer('ana', 'windows')).toMatch(
      /Every night Closed now: Outside the window "Every night"\. +For all hosts\..*Opens .*Opens /,
    )
  })
  test('schedule lists the openings of four weeks', async () => {
    expect(await answer('greta', 'schedule')).toMatch(/The next 4 weeks Nothing is planned\. Every night opens 28 times, next /)
  })
  test('roles says who is missing, who is alone, and who acts for whom', async () => {
    expect(await answer('ana', 'roles')).toMatch(
      /One person alone, without a delegate: +admin \(Nora Yilmaz\).*security Dana Kowalska, Farah Haddad Oskar Lindqvist for Dana Kowalska/,
    )
  })
  test('sources says how each is', async () => {
    expect(await answer('ana', 'sources')).toMatch(
      /Sample CSAF folder \(csaf-folder\) Good: last good answer .*every 10 minutes.*Taken 6 bulletins/,
    )
  })
  test('inventory says what there is, and names what nobody looks after', async () => {
    expect(await answer('ana', 'inventory')).toMatch(
      /^Inventory: 61 hosts .*Unpatched 14.*Unmanaged 2, .*con-01, edge-03.*Not seen lately 2, .*con-01, file-01/,
    )
  })
})

describe('is it real?', () => {
  test('a bulletin: the verdict with its checks in words, for everybody', async () => {
    expect(await answer('kofi', 'verify rhsa-2023:3408')).toMatch(
      /AUTHENTIC RHSA-2023:3408 rev 1: openssl security update Real: it is signed by a key that the policy trusts\. .*signature: yes.*it is change 1/,
    )
  })
  test.each([
    [
      'https://www.redhat.com/en/errata',
      /UNCONFIRMED Not proved .*www\.redhat\.com belongs to Sample CSAF folder\..*Do not install anything from it/,
    ],
    ['http://www.redhat.com/x', /QUARANTINED .*it is not encrypted \(http\).*Do not act on it/],
    [
      'https://www.redhat.com@evil.example/fix.rpm',
      /BOGUS .*"www\.redhat\.com" stands before the "@".*leads to evil\.example.*Read an address from the end/,
    ],
    ['https://redhat-updates.example/', /BOGUS .*"redhat" is part of redhat-updates\.example.*Security has been told/],
  ])('the link %s', async (link, said) => {
    expect(await answer('kofi', `verify ${link}`)).toMatch(said)
  })
  test('the link of a bulletin is the bulletin', async () => {
    const row = await walk.house.house.db.bulletin.findFirstOrThrow({ where: { vendorId: 'RHSA-2023:3408' } })
    const { url = '' } = row.document as { url?: string }
    expect(url).toMatch(/^https:/)
    expect(await answer('kofi', `verify ${url}`)).toMatch(/RHSA-2023:3408 rev 1/)
  })
})

describe('when the rollout runs', () => {
  test('delay lists the later openings, and asks as the button does', async () => {
    await announced(walk, { plan: { runner: 'manual' } })
    expect(await answer('lena', 'delay 1')).toMatch(
      /Until when shall change 1 wait\?.*Type when and why: delay 1 tomorrow 22:00 month-end closing|Type when and why: `delay 1/,
    )
    refused(await walk.say('lena', 'delay 1 whenever it suits'), /"whenever it suits" does not begin with a date/)
    refused(await walk.say('greta', 'delay 1 tomorrow 23:00 busy'), /name at least one of your computers/)
    refused(await walk.say('lena', 'delay 1 tomorrow 23:00'), /Please say why it should be later/)
    expect(await answer('lena', 'delay 1 tomorrow 23:00 month-end closing')).toMatch(/You have asked for a delay Decided by operations/)
    expect(await walk.hands.see(TEAM, /^Lena Brandt asks for a delay/)).toMatch(/month-end closing/)
    expect(await answer('ana', 'schedule')).toMatch(/\*\*Every night\*\*: openssl \(change 1\)/)
  })

  test('stop stops it, and says so to who typed it; the second one says that it stands', async () => {
    await until(walk, TEAM, ROLLING, /RUNNING/)
    expect(await answer('farah', 'stop 1 customs is down')).toMatch(
      /Change 1 is stopped No further host starts until the quorum resumes it/,
    )
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/STOPPED by Farah Haddad,.*customs is down/)
    refused(await walk.say('ana', 'stop 1'), /Change 1 already stands still\. Nothing starts until the quorum resumes it\./)
  })

  test('why tells the whole story of a host, each line with its source', async () => {
    const [host = ''] = await allReport(walk)
    const story = await answer('ana', `why ${host.toUpperCase()}`)
    for (const line of [
      /last sign of life \(inventory\)/,
      /needs RHSA-2023:3408: openssl 1:1\.1\.1k-\S+ -> 1:1\.1\.1k-9\.el8_6.*\(bulletin RHSA-2023:3408, inventory\)/,
      /classified high by Ana Ferreira \(change 1\)/,
      /planned into ring 1 for .*, by Ana Ferreira \(plan [0-9a-f]{8}\)/,
      /plan approved by Dana Kowalska and Emil Sørensen \(plan [0-9a-f]{8}\)/,
      /install ordered \(order change-1\.ring-1\.install\.1\)/,
      /reported arrived .*\(host report, audit record \d+\)/,
      /reported verified \(1:1\.1\.1k-9\.el8_6\) \(host report, audit record \d+\)/,
    ])
      expect(story).toMatch(line)
    expect(story).not.toMatch(/not patched yet/)
  })

  test('why says what keeps a host from being patched', async () => {
    expect(await answer('ana', 'why edge-03')).toMatch(/left out of the plan: unmanaged: no runner can reach it/)
    expect(await answer('ana', 'why gate-01')).toMatch(/not patched yet: the host is not attempted, change 1 is being rolled out \(now\)/)
    expect(await answer('ana', 'why web-03')).toMatch(/No bulletin has matched it so far\./)
  })

  test('resume counts a yes, and the last one that is needed lets it go on', async () => {
    refused(await walk.say('ana', 'resume 1'), /ROLE_MISSING/)
    expect(await answer('dana', 'resume 1')).toMatch(
      /Change 1: you agree to go on Your yes counts\..*It stood still because: .*customs is down/,
    )
    expect(await answer('emil', 'resume #1')).toMatch(/Change 1 is resumed The quorum is there: it goes on\./)
    refused(await walk.say('emil', 'resume 1'), /NOTHING_TO_RESUME: Change 1 does not stand still/)
  })

  test('why of a day that is past says how it stood then, in the zone of who asks', async () => {
    expect(await answer('ana', 'why gate-01 2020-01-01')).toMatch(/As it was .*No bulletin had matched it by then\./)
    await walk.at('08:00')
    const then = await answer('ana', 'why gate-01 yesterday')
    expect(then).toMatch(/needs RHSA-2023:3408.*planned into ring \d.*not patched by then: change 1 is being rolled out \(as it was\)/)
    expect(then).not.toMatch(/\(now\)/)
    expect(await answer('ana', 'why gate-01 today')).toMatch(/not patched yet: .*\(now\)/)
  })
})

describe('an exercise', () => {
  test('is started by those who answer for it, one at a time, and is marked', async () => {
    refused(await walk.say('ana', 'drill'), /ROLE_MISSING: `drill` is for security, manager, admin/)
    const [one, two] = await Promise.all([walk.say('greta', 'drill'), walk.say('dana', 'drill')])
    expect([one, two].map((a) => a.refused).sort()).toEqual([false, true])
    expect([one, two].map((a) => a.text).join()).toMatch(/DRILL Drill: change \d .*nothing is carried out/)
    expect([one, two].map((a) => a.text).join()).toMatch(/ALREADY_DONE: Change \d is a drill that is still open/)
    expect(await walk.hands.count(TEAM, /^DRILL: critical hole/)).toBe(1)
  })
})

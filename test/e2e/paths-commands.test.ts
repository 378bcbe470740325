import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allReport, announced, done, eventually, OPENSSL, ROLLING, refused, startWalk, TEAM, until, type Walk } from './paths-support.ts'

let walk: Walk
beforeAll(async () => {
  walk = await startWalk()
  await eventually(walk, OPENSSL)
})
afterAll(() => walk?.house.end())

const answer = async (person: string, line: string): Promise<string> => (await done(walk.say(person, line))).text

describe('help shows what the asker may do, and nothing else', () => {
  test.each([
    { person: 'ana', may: ['bulletins', 'show', 'changes', 'affected', 'stop', 'why'], mayNot: [] },
    { person: 'greta', may: ['bulletins', 'changes', 'why'], mayNot: ['stop'] },
    { person: 'kofi', may: ['help', 'status'], mayNot: ['bulletins', 'show', 'changes', 'affected', 'stop', 'why'] },
  ])('to $person', async ({ person, may, mayNot }) => {
    const help = await answer(person, 'help')
    for (const word of may) expect(help).toMatch(new RegExp(`\\b${word}\\b`))
    for (const word of mayNot) expect(help).not.toMatch(new RegExp(`\\b${word} `))
    for (const word of mayNot) refused(await walk.say(person, `${word} 1`), /ROLE_MISSING: `\w+` is for patch-team/)
  })
})

describe('a word that is no command', () => {
  test.each([
    ['ana', 'staus', /"staus" is not a command\. Did you mean `status`\? Try `help`\./],
    ['ana', 'CHANGE', /Did you mean `changes`\?/],
    ['ana', 'clasify 1 high', /"clasify" is not a command\. "Classify" is a button on the alert card\. Try `help`\./],
    ['emil', 'aprove', /"Approve" is a button on the card "Go or no-go"\./],
    ['kofi', 'delay', /"Ask for a delay" is a button on the announcement\./],
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
    ['stop', /Which change\? For example `stop 12`\./],
    ['stop 99', /There is no change 99/],
    ['stop 1', /NOTHING_TO_STOP: Nothing of change 1 runs: it waits for its classification\./],
    ['why', /Which host\? For example `why web-01`\./],
    ['why web-99', /The inventory has no host "web-99"/],
  ])('%s', async (line, said) => refused(await walk.say('ana', line), said))

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
  })
})

describe('when the rollout runs', () => {
  test('stop stops it, and says so to who typed it; the second one says that it stands', async () => {
    await announced(walk, { plan: { runner: 'manual' } })
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
})

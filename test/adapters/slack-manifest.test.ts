import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { parse, parseDocument, visit } from 'yaml'
import { SHORTCUT } from '../../adapters/slack/receive/index.ts'
import { BOT_SCOPES } from '../../src/core/doctor/slack.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const text = read('manifests/slack.yaml')
const manifest = parse(text)
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats.default(ajv)
const valid = ajv.compile(JSON.parse(read('test/fixtures/slack/manifest.schema.2.0.0.json')))
const problems = (value: unknown): readonly unknown[] => (valid(value) ? [] : (valid.errors ?? []))

/** The same file as it reads for HTTP: as its comments say. */
const overHttp = parse(
  text.replace('socket_mode_enabled: true', 'socket_mode_enabled: false').replace(/# (url|request_url)(: \S+) # HTTP/g, '$1$2'),
)

test.each([
  ['Socket Mode', manifest],
  ['HTTP', overHttp],
])('Slack’s own schema takes it: %s', (_, value) => expect(problems(value)).toEqual([]))

test('and refuses one that is wrong', () => {
  expect(problems({ ...manifest, display_information: {} })).not.toEqual([])
  expect(problems({ ...manifest, settings: { socket_mode: true } })).not.toEqual([])
})

test('Socket Mode is on; for HTTP the three addresses are uncommented', () => {
  expect(manifest.settings.socket_mode_enabled).toBe(true)
  const addresses = [
    overHttp.features.slash_commands[0].url,
    overHttp.settings.event_subscriptions.request_url,
    overHttp.settings.interactivity.request_url,
  ]
  expect(new Set(addresses)).toEqual(new Set(['https://patchcrier.example.org/slack/events']))
})

test('it asks for the scopes that the bot needs and for no other, and says what each is for', () => {
  expect(manifest.oauth_config.scopes).toEqual({ bot: Object.keys(BOT_SCOPES) })
  const bare: unknown[] = []
  visit(parseDocument(text).getIn(['oauth_config', 'scopes', 'bot']) as never, {
    Scalar: (_, node) => {
      if (!node.comment) bare.push(node.value)
    },
  })
  expect(bare).toEqual([])
  const readme = read('adapters/slack/README.md')
  expect(Object.keys(BOT_SCOPES).filter((scope) => !readme.includes(`\`${scope}\``))).toEqual([])
})

test('it offers what the adapter listens to', () => {
  expect(manifest.features.slash_commands).toMatchObject([{ command: '/patch' }])
  expect(manifest.features.shortcuts).toMatchObject([{ type: 'message', callback_id: SHORTCUT }])
  expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_mention', 'message.im', 'app_home_opened'])
  expect(manifest.settings.interactivity.is_enabled).toBe(true)
  expect(manifest.features.app_home).toMatchObject({ home_tab_enabled: true, messages_tab_read_only_enabled: false })
})

import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkAddresses, checkUrl, networksOf, shown } from '../../adapters/http/address.ts'
import { retryAfterMs } from '../../adapters/http/retry-after.ts'
import { createHttp } from '../../adapters/http.ts'
import { httpsServer, request, TEST_AUTHORITY, type TestServer, testHttp } from '../support/https-server.ts'

const faultOf = (run: () => unknown): string => {
  try {
    run()
    return 'nothing'
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : String(error)
  }
}

describe('an address that a name resolves to', () => {
  test.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946'])('%s is public', (address) => {
    expect(checkAddresses('vendor.example', 443, [address], [])).toEqual([address])
  })

  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.8.8.8', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier grade nat'],
    ['169.254.1.1', 'link local'],
    ['169.254.169.254', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'ipv4 mapped'],
    ['::ffff:8.8.8.8', 'ipv4 mapped'],
    ['::127.0.0.1', 'ipv4 mapped'],
    ['64:ff9b::7f00:1', 'rfc6052'],
    ['64:ff9b:1::1', 'rfc6052'],
    ['2002:7f00:1::1', '6to4'],
    ['2001:0:7f00:1::1', 'teredo'],
    ['fe80::1', 'link local'],
    ['fec0::1', 'deprecated site local'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'metadata'],
    ['ff02::1', 'multicast'],
    ['100::1', 'discard'],
    ['2001:db8::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['not an address', 'no address'],
  ])('%s is refused: %s', (address, why) => {
    const story = faultOf(() => checkAddresses('vendor.example', 443, [address], []))
    expect(story).toMatch(/^HTTP_REFUSED: /)
    expect(story).toContain(why)
  })

  test('one bad one among good ones is enough', () => {
    expect(faultOf(() => checkAddresses('vendor.example', 443, ['93.184.216.34', '10.0.0.1'], []))).toContain('10.0.0.1 (private)')
  })

  test('an allowed network lets its own addresses through, on any port, and no others', () => {
    const networks = networksOf(['10.20.0.0/16', 'fd12::/16'])
    expect(checkAddresses('mirror.example', 8443, ['10.20.3.4', 'fd12::7'], networks)).toHaveLength(2)
    expect(faultOf(() => checkAddresses('mirror.example', 443, ['10.21.3.4'], networks))).toContain('private')
    expect(faultOf(() => checkAddresses('mirror.example', 443, ['::ffff:10.20.3.4'], networks))).toContain('ipv4 mapped')
  })

  test('a metadata service is not let through by an allowed network', () => {
    expect(faultOf(() => checkAddresses('x.example', 443, ['169.254.169.254'], networksOf(['169.254.0.0/16'])))).toContain('metadata')
  })

  test('no address at all, and a port that is not for https', () => {
    expect(faultOf(() => checkAddresses('vendor.example', 443, [], []))).toBe('HTTP_FAILED: vendor.example has no address.')
    expect(faultOf(() => checkAddresses('vendor.example', 22, ['93.184.216.34'], []))).toContain('vendor.example:22 is not the https port')
  })

  test('a network that is none', () => {
    expect(faultOf(() => networksOf(['10.0.0.0']))).toBe('CONFIG_INVALID: Expected a network such as 10.20.0.0/16, received "10.0.0.0".')
  })
})

describe('an address as it is written', () => {
  test.each([
    ['http://vendor.example/', 'is not https'],
    ['ftp://vendor.example/', 'is not https'],
    ['file:///etc/passwd', 'is not https'],
    ['data:text/plain,hello', 'is not https'],
    ['https://ana:secret@vendor.example/', 'carries a user name or password'],
    ['https://ana@vendor.example/', 'carries a user name or password'],
    ['https://vendor.example@10.0.0.1/', 'carries a user name or password'],
    ['https://93.184.216.34/', 'is an IP address, not a name'],
    ['https://[2606:2800:220:1::1]/', 'is an IP address, not a name'],
    ['https://127.0.0.1/', 'is an IP address, not a name'],
    ['https://2130706433/', 'in a disguised way'],
    ['https://0177.0.0.1/', 'in a disguised way'],
    ['https://0x7f.1/', 'in a disguised way'],
    ['https://127.1/', 'in a disguised way'],
    ['https://[::ffff:127.0.0.1]/', 'in a disguised way'],
    ['https://[::1]/', 'is an IP address, not a name'],
    ['//vendor.example', 'cannot be read'],
    ['', 'cannot be read'],
  ])('%s', (text, why) => {
    const story = faultOf(() => checkUrl(text, []))
    expect(story).toMatch(/^HTTP_REFUSED: /)
    expect(story).toContain(why)
    expect(story).not.toContain('secret')
  })

  test('an allowed address on any port; another one not, nor in disguise', () => {
    const networks = networksOf(['127.0.0.0/8'])
    expect(checkUrl('https://127.0.0.1:8443/x', networks).href).toBe('https://127.0.0.1:8443/x')
    expect(faultOf(() => checkUrl('https://2130706433/', networks))).toContain('disguised')
    expect(checkUrl('/y', networks, new URL('https://127.0.0.1/x')).href).toBe('https://127.0.0.1/y')
    expect(faultOf(() => checkUrl('//0x7f000001/y', networks, new URL('https://127.0.0.1/x')))).toContain('disguised')
  })

  test('shown without user, password, query and end', () => {
    expect(shown('https://ana:secret@vendor.example:8443/a?token=secret#x')).toBe('https://vendor.example:8443/a')
    expect(shown(`https://vendor.example/${'a'.repeat(300)}`)).toHaveLength(200)
    expect(shown('secret')).toBe('an unreadable address')
  })
})

describe('a fetch', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await httpsServer()
  })
  afterAll(() => server.close())

  test('gives the bytes, unpacked, and what the answer says of itself', async () => {
    server.pages.set('/a', (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain', etag: '"7"' }).end(gzipSync('hello')),
    )
    const http = testHttp()
    const answer = await http.get(server.at('/a'), request())
    expect({ ...answer, bytes: Buffer.from(answer.bytes).toString() }).toEqual({
      status: 200,
      url: server.at('/a'),
      bytes: 'hello',
      contentType: 'text/plain',
      validators: { etag: '"7"' },
    })
    await http.close()
  })

  test('asks conditionally, and is told that nothing changed', async () => {
    server.pages.set('/c', ({ headers }, response) => {
      const same = headers['if-none-match'] === '"7"' && headers['if-modified-since'] === 'Tue, 03 Mar 2026 10:00:00 GMT'
      response.writeHead(same ? 304 : 200).end()
    })
    const http = testHttp()
    const known = { etag: '"7"', lastModified: 'Tue, 03 Mar 2026 10:00:00 GMT' }
    expect((await http.get(server.at('/c'), request({ known }))).status).toBe(304)
    expect((await http.get(server.at('/c'), request())).status).toBe(200)
    await http.close()
  })

  test('follows a redirect and says where it ended', async () => {
    server.pages.set('/old', (_, response) => response.writeHead(301, { location: '/new?x=1' }).end())
    server.pages.set('/new?x=1', 'moved')
    const http = testHttp()
    expect((await http.get(server.at('/old'), request())).url).toBe(server.at('/new?x=1'))
    await http.close()
  })

  test('goes to the very address that was checked, whatever the resolver says the next time', async () => {
    server.pages.set('/rebind', 'reached')
    const answers = [['127.0.0.1'], ['10.0.0.1']]
    const http = testHttp({}, async () => answers.shift() ?? ['10.0.0.1'])
    expect(Buffer.from((await http.get(server.at('/rebind'), request())).bytes).toString()).toBe('reached')
    expect(answers).toHaveLength(1)
    await http.close()
  })

  test('a connection that one source was allowed is not there for another', async () => {
    server.pages.set('/mirror', 'internal')
    const http = testHttp()
    expect((await http.get(server.at('/mirror'), request())).status).toBe(200)
    await expect(http.get(server.at('/mirror'), request({ allowNetworks: [] }))).rejects.toMatchObject({ code: 'HTTP_REFUSED' })
    await http.close()
  })

  test('is given up when the caller gives up, with the reason that the caller has', async () => {
    server.pages.set('/never', () => undefined)
    const http = testHttp()
    const giving = new AbortController()
    const wish = http.get(server.at('/never'), request({ signal: giving.signal }))
    giving.abort(new Error('the bot stops'))
    await expect(wish).rejects.toThrow('the bot stops')
    await http.close()
  })

  test('a proxy carries it, and its password is in no message', async () => {
    const asked: string[] = []
    const proxy = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', (head) => {
        asked.push(head.toString())
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as { port: number }
    const http = createHttp({
      ca: TEST_AUTHORITY,
      resolve: async () => ['93.184.216.34'],
      proxy: `http://bot:s3cret@127.0.0.1:${port}`,
      limits: { totalMs: 5_000 },
    })
    const story = await http.get('https://vendor.example/x', request()).catch((error: unknown) => error)
    expect(story).toMatchObject({ code: 'HTTP_FAILED' })
    expect(`${story}`).not.toContain('s3cret')
    expect(asked[0]).toContain('CONNECT vendor.example:443')
    expect(asked[0]).toContain(`Basic ${Buffer.from('bot:s3cret').toString('base64')}`)
    await http.close()
    proxy.close()
  })

  test('what we can look up is checked before a proxy is asked', async () => {
    const http = createHttp({ resolve: async () => ['10.0.0.1'], proxy: 'http://127.0.0.1:9' })
    await expect(http.get('https://vendor.example/x', request())).rejects.toMatchObject({ code: 'HTTP_REFUSED' })
    await http.close()
  })
})

describe('how long an answer asks to wait', () => {
  const NOW = Date.parse('2026-11-23T14:05:00Z')
  test.each<[string | null, number | undefined]>([
    [null, undefined],
    ['7', 7000],
    ['0', 0],
    ['Mon, 23 Nov 2026 14:05:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 14:04:30 GMT', 0],
    ['86400', 3_600_000],
    ['Tue, 24 Nov 2026 14:05:00 GMT', 3_600_000],
    ['soon', undefined],
    ['', undefined],
  ])('%j is %j ms', (header, ms) => expect(retryAfterMs(header, NOW)).toBe(ms))
})

// Loaded before the program (`node --import`): Microsoft's hosts are at the address of MICROSOFT_ELSEWHERE, so that the product itself is
// run as it is, with no setting for tests in it.
const elsewhere = process.env.MICROSOFT_ELSEWHERE ?? ''
const MOVED = [
  ['https://login.microsoftonline.com/', `${elsewhere}/login/`],
  ['https://smba.trafficmanager.net/teams/', `${elsewhere}/service/`],
] as const

const real = globalThis.fetch
globalThis.fetch = (input, init) => {
  const url = String(input)
  const moved = MOVED.find(([host]) => url.startsWith(host))
  if (moved === undefined) throw new Error(`the program asked for ${url}, which no test knows`)
  return real(url.replace(moved[0], moved[1]), init)
}

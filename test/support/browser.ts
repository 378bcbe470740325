import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, chromium as launcher, type Page } from 'playwright-core'

/** The npm package brings Chromium for Linux; elsewhere the installed Chrome is used. */
export async function launchBrowser(): Promise<Browser> {
  const args = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
  if (process.platform !== 'linux' || process.arch !== 'x64') return launcher.launch({ channel: 'chrome', args })
  // Test machines and containers often forbid the name spaces that its sandbox needs; only our own page is ever opened.
  const folder = await unpackChromium()
  return launcher.launch({ executablePath: join(folder, 'chromium'), env: chromiumEnvironment(folder), args: [...args, '--no-sandbox'] })
}

export interface Visit {
  readonly person?: string
  readonly place?: string
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
  /** Zone of the machine, which must not matter: the page uses the person's. */
  readonly timezoneId?: string
}

/** The web chat as one person in one place, in a window of its own, once the messages of the place have been read. */
export async function openPage(browser: Browser, url: string, visit: Visit = {}): Promise<{ page: Page; context: BrowserContext }> {
  const { person, place, width = 1280, height = 900, colorScheme = 'light', timezoneId = 'Pacific/Auckland' } = visit
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, timezoneId })
  const page = await context.newPage()
  const hash = new URLSearchParams({ ...(place === undefined ? {} : { place }), ...(person === undefined ? {} : { person }) })
  const read = page.waitForResponse((response) => response.url().endsWith('/posts') && response.ok())
  await page.goto(`${url}#${hash}`)
  await read
  return { page, context }
}

/**
 * Unpacked once per machine. The package unpacks to a fixed path in the temporary folder and takes a half-written file of another
 * test for a whole one; so it unpacks into a folder of our own, which then gets its name in one step.
 */
async function unpackChromium(): Promise<string> {
  const shared = join(tmpdir(), 'patchcrier-chromium-147.0.0')
  if (existsSync(shared)) return shared
  const own = await mkdtemp(`${shared}-`)
  // The libraries that a bare system lacks (NSS, expat) are only unpacked where this variable says so.
  await withEnvironment({ TMPDIR: own, AWS_EXECUTION_ENV: 'nodejs24.x' }, () => chromium.executablePath())
  await writeFile(join(own, 'fonts', 'fonts.conf'), fontsConf(join(shared, 'fonts')))
  // Whoever is second finds the name taken, by the same files.
  await rename(own, shared).catch(() => rm(own, { recursive: true }))
  return shared
}

/** Library and font settings under which the unpacked Chromium runs on a system that has neither. */
function chromiumEnvironment(folder: string): Record<string, string> {
  const own = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const fonts: Record<string, string> = existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_PATH: join(folder, 'fonts') }
  return { ...own, ...fonts, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') }
}

const fontsConf = (folder: string): string =>
  `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}</dir><cachedir>${folder}/cache</cachedir></fontconfig>\n`

async function withEnvironment<T>(wanted: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(wanted).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, wanted)
  try {
    return await work()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

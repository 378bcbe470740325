import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, chromium as launcher, type Page } from 'playwright-core'

/** The npm package brings Chromium for Linux; elsewhere the installed Chrome is used. */
export async function launchBrowser(): Promise<Browser> {
  const args = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
  if (process.platform !== 'linux' || process.arch !== 'x64') return launcher.launch({ channel: 'chrome', args })
  // Test machines and containers often forbid the name spaces that its sandbox needs; only our own page is ever opened.
  const executablePath = await chromiumPath()
  return launcher.launch({ executablePath, args: [...args, '--no-sandbox'] })
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
async function chromiumPath(): Promise<string> {
  const shared = join(tmpdir(), 'patchcrier-chromium-147')
  if (!existsSync(shared)) {
    const before = process.env.TMPDIR
    const own = await mkdtemp(`${shared}-`)
    process.env.TMPDIR = own
    try {
      await chromium.executablePath()
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
    // Whoever is second finds the name taken, by the same files.
    await rename(own, shared).catch(() => rm(own, { recursive: true }))
  }
  return join(shared, 'chromium')
}

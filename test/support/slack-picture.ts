import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'

const PROGRAM = new URL('slack-message.js', import.meta.url).pathname
const STYLE = createRequire(import.meta.url)
  .resolve('slack-blocks-to-jsx')
  .replace(/index\.m?js$/, 'style.css')

/** Test machines have no font for emoji: the marks of our cards are drawn. */
const MARKS = `
  const colours = { '🔵': '#2d7dd2', '🟢': '#2e9e5b', '🟠': '#e8912d', '🔴': '#d13438', '⚪': '#c4c4c4', '📣': '#1f3a5f' }
  const walk = document.createTreeWalker(document.getElementById('root'), NodeFilter.SHOW_TEXT)
  const nodes = []
  while (walk.nextNode()) nodes.push(walk.currentNode)
  for (const node of nodes) {
    const parts = node.textContent.split(/(🔵|🟢|🟠|🔴|⚪|📣)/u)
    if (parts.length === 1) continue
    node.replaceWith(...parts.map((part) => {
      if (!colours[part]) return part
      const dot = document.createElement('span')
      dot.style.cssText = 'display:inline-block;width:.75em;height:.75em;background:' + colours[part] + ';border-radius:' + (part === '📣' ? '2px' : '50%')
      return dot
    }))
  }
`

/** A file is its own address here: Slack's files cannot be had. */
const shown = (block: object): object => {
  const { slack_file, ...rest } = block as { slack_file?: { id: string } }
  return slack_file === undefined ? block : { ...rest, image_url: slack_file.id }
}

/** A message as Slack would show it, in a PNG. What draws it is not Slack's own program, but made to look like it. */
export async function pictureOf(browser: Browser, { blocks }: { readonly blocks: readonly object[] }, width = 720): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width, height: 200 }, deviceScaleFactor: 1 })
  try {
    const data = JSON.stringify({ blocks: blocks.map(shown) }).replaceAll('<', '\\u003c')
    const style = await readFile(STYLE, 'utf8')
    await page.setContent(
      `<!doctype html><style>${style} body { margin: 0; padding: 12px; font-family: Lato, "DejaVu Sans", sans-serif }</style><script type="application/json" id="message">${data}</script><div id="root"></div>`,
    )
    await page.addScriptTag({ content: await program() })
    await page.locator('#root').locator('text=Patchcrier').first().waitFor()
    await page.evaluate(MARKS)
    return await page.screenshot({ fullPage: true })
  } finally {
    await page.close()
  }
}

async function program(): Promise<string> {
  const built = await build({
    entryPoints: [PROGRAM],
    bundle: true,
    write: false,
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  })
  return built.outputFiles[0]?.text ?? ''
}

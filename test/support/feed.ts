// Feeds made for a test.
export interface TestItem {
  readonly title?: string
  readonly link?: string
  readonly guid?: string
  readonly date?: string
  readonly text?: string
  readonly more?: string
}

const tag = (name: string, text: string | undefined): string => (text === undefined ? '' : `<${name}>${text}</${name}>`)

/** RSS 2.0; texts go in as they are. */
export const rss = (...items: readonly TestItem[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Notices</title>${items
    .map(
      ({ title, link, guid, date, text, more }) =>
        `<item>${tag('title', title)}${tag('link', link)}${tag('guid', guid)}${tag('pubDate', date)}${tag('description', text)}${more ?? ''}</item>`,
    )
    .join('')}</channel></rss>`

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** One page of a list, and how to ask for the next one; nothing: this was the last. */
interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null | undefined
}

/** All items of a list that comes in pages, of the first `most` pages. */
export async function allPages<T>(most: number, read: (next: string | null) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = []
  let next: string | null | undefined = null
  for (let pages = 0; pages < most; pages++) {
    const page: Page<T> = await read(next)
    all.push(...page.items)
    next = page.next
    if (!next) break
  }
  return all
}

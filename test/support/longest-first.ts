import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The rooms of the tests that take longest: whole walks, some of them killed on the way. One begun last keeps everybody waiting. */
const LONGEST = ['/test/kill/', '/test/e2e/']

/** Vitest's own order (on a new machine: by size), but the longest walks first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

function rank(file: TestSpecification): number {
  const at = LONGEST.findIndex((room) => file.moduleId.includes(room))
  return at === -1 ? LONGEST.length : at
}

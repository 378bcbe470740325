/** The seed of `npm test`: the same cases in every run, so that a landing fails for what it changed and for nothing else. */
export const FIXED_SEED = 20261126

/** fast-check takes whole numbers of 32 bits as they are, and mixes any other into one of its own. */
const LARGEST = 2 ** 31 - 1

/** The seed that was asked for; else the fixed one, or in a thorough run one drawn by chance. */
export function seedOf(asked: string | undefined, mode: string, chance: () => number): number {
  if (asked === undefined || asked === '') return mode === 'thorough' ? Math.floor(chance() * LARGEST) : FIXED_SEED
  const seed = Number(asked)
  if (!/^-?\d+$/.test(asked) || Math.abs(seed) > LARGEST)
    throw new Error(`PATCHCRIER_SEED is "${asked}": expected a whole number between -${LARGEST} and ${LARGEST}`)
  return seed
}

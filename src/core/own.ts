/**
 * What a table itself has under a name, for names that somebody else wrote. `table[name]` would also find what every object has by birth:
 * the word `constructor` is then a function, and not a word that nobody knows.
 */
export const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

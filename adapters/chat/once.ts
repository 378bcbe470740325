/** As many are remembered; the oldest is forgotten first. */
const MOST_REMEMBERED = 5000

/** True the first time that a key is told: a platform sends again what was not answered in time, or whose answer was lost. */
export function firstTime(): (key: string) => boolean {
  const seen = new Set<string>()
  return (key) => {
    if (seen.has(key)) return false
    seen.add(key)
    const [oldest] = seen
    if (seen.size > MOST_REMEMBERED && oldest !== undefined) seen.delete(oldest)
    return true
  }
}

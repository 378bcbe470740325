import { lstat, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the folder of a download is called; six letters follow, from `mkdtemp`. */
export const FOLDER = 'patchcrier-file-'

const OURS = new RegExp(`^${FOLDER}[A-Za-z0-9]{6}$`)

/** No check of a file takes an hour (its job ends after 20 minutes): what is older belongs to a process that was killed. */
const OLD_MS = 3_600_000

/**
 * Removes the folders that killed processes of this user left in the middle of a download, and answers how many. `now` in ms is the
 * machine's own time, as that of the files. What cannot be looked at or removed stays: nothing depends on it.
 */
export async function sweepPatchFiles(now: number, folder = tmpdir()): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  let swept = 0
  for (const name of names.filter((one) => OURS.test(one))) if (await sweepOne(join(folder, name), now)) swept += 1
  return swept
}

async function sweepOne(path: string, now: number): Promise<boolean> {
  try {
    const at = await lstat(path)
    if (!at.isDirectory() || at.uid !== process.getuid?.() || now - at.mtimeMs < OLD_MS) return false
    await rm(path, { recursive: true, force: true })
    return true
  } catch {
    return false
  }
}

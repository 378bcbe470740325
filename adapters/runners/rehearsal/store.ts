import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../../src/core/fault.ts'
import type { Order } from '../../../src/ports.ts'

const orderSchema = z.strictObject({
  id: z.string(),
  action: z.enum(['install', 'uninstall', 'verify']),
  hosts: z.array(
    z.strictObject({ host: z.string(), packages: z.array(z.strictObject({ name: z.string(), from: z.string(), to: z.string() })) }),
  ),
  options: z.strictObject({ reboot: z.boolean(), silent: z.boolean() }),
})
const startedSchema = z.strictObject({ order: orderSchema, startedAt: z.iso.datetime() })
const stoppedSchema = z.strictObject({ stoppedAt: z.iso.datetime() })

export type Started = z.infer<typeof startedSchema>

const ORDER = '.order.json'
const STOP = '.stop.json'

/**
 * The back end's memory: one file per order and one per stop, each written whole to a draft of its own and then linked to its name,
 * so that a reader sees all of it or nothing and only one of two writers wins. Throws RUNNER_FAILED.
 */
export function orderStore(folder: string) {
  /** False when the file is there already. */
  async function writeOnce(name: string, value: unknown): Promise<boolean> {
    await mkdir(folder, { recursive: true })
    const draft = join(folder, `${name}.${randomUUID()}.tmp`)
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(JSON.stringify(value))
      await file.sync()
    } finally {
      await file.close()
    }
    try {
      await link(draft, join(folder, name))
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      throw new Fault('RUNNER_FAILED', `Expected to write ${name}: ${codeOf(error)}.`, { cause: error })
    } finally {
      await rm(draft, { force: true })
    }
  }

  async function read<T>(name: string, schema: z.ZodType<T>): Promise<T | null> {
    const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null
      throw new Fault('RUNNER_FAILED', `Expected to read ${name}: ${codeOf(error)}.`, { cause: error })
    })
    return text === null ? null : parse(name, text, schema)
  }

  return {
    prepare: async (): Promise<void> => void (await mkdir(folder, { recursive: true })),

    /** True when this call made the order known; false when it was known. The same id with another content is a fault. */
    async begin(order: Order, startedAt: string): Promise<boolean> {
      const name = fileName(order.id, ORDER)
      const checked = orderSchema.safeParse(order)
      if (!checked.success) throw new Fault('RUNNER_FAILED', `Order ${order.id} is not an order.`, { cause: checked.error })
      if (await writeOnce(name, { order: checked.data, startedAt })) return true
      const known = await read(name, startedSchema)
      if (known !== null && JSON.stringify(known.order) === JSON.stringify(checked.data)) return false
      throw new Fault('RUNNER_FAILED', `Order ${order.id} is known with another content.`)
    },

    stop: async (orderId: string, stoppedAt: string): Promise<void> => void (await writeOnce(fileName(orderId, STOP), { stoppedAt })),

    started: (orderId: string): Promise<Started | null> => read(fileName(orderId, ORDER), startedSchema),

    stoppedAt: async (orderId: string): Promise<string | null> => (await read(fileName(orderId, STOP), stoppedSchema))?.stoppedAt ?? null,

    /** All orders whose id begins so, the newest first. */
    async withPrefix(prefix: string): Promise<readonly Started[]> {
      const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith(ORDER))
      const all = await Promise.all(names.map((name) => read(name, startedSchema)))
      return all.filter((one) => one !== null).sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))
    },

    /** One line per host that an order was begun for; lines are only ever added. */
    async log(lines: readonly object[]): Promise<void> {
      const file = await open(join(folder, 'runs.log'), 'a', 0o600)
      try {
        await file.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
      } finally {
        await file.close()
      }
    },
  }
}

/** An order id becomes a file name; nothing that could lead out of the folder may. */
function fileName(orderId: string, suffix: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/.test(orderId)) return `${orderId}${suffix}`
  throw new Fault('RUNNER_FAILED', `Expected an order id such as change-12.ring-1.install.1, found "${orderId.slice(0, 80)}".`)
}

function parse<T>(name: string, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new Fault('RUNNER_FAILED', `Expected ${name} as the rehearsal runner wrote it; it is broken.`, { cause: error })
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : String(error))

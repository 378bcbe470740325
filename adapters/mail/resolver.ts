import { Resolver } from 'node:dns/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { sameSite } from '../../src/core/identify/lookalike.ts'
import { type DnsAnswer, domainAsked } from '../../src/core/identify/mail.ts'

/** Asks the DNS. Rejects with an error that has a `code`, as Node does. */
export type Resolve = (name: string, type: string) => Promise<string[][]>

const TIMEOUT_MS = 2_000
/** A name of which the DNS did not answer is not asked for again so soon. Others are: whoever writes a mail chooses the names in it. */
const REST_MS = 30_000
const MOST_RESTING = 1_000

/** Answers, too: there is no such record. */
const EXISTS_NOT = ['ENOTFOUND', 'ENODATA']

class NoAnswer extends Error {
  readonly code: string
  constructor(code: string, name: string) {
    super(`${code} ${name}`)
    this.code = code
  }
}

/** The machine's own DNS. Text records only: nothing else is needed for a mail. */
export function realResolver(): Resolve {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 })
  const restUntil = new Map<string, number>()
  return async (name, type) => {
    if (type !== 'TXT') throw new NoAnswer('ENODATA', name)
    if (performance.now() < (restUntil.get(name) ?? 0)) throw new NoAnswer('ETIMEOUT', name)
    return resolver.resolveTxt(name).catch((error: unknown) => {
      if (restUntil.size >= MOST_RESTING) restUntil.clear()
      if (!EXISTS_NOT.includes(codeOf(error))) restUntil.set(name, performance.now() + REST_MS)
      throw error
    })
  }
}

/** What the DNS may take for one mail, in ms: for the names of its sender, and for those that its writer chose. */
export interface DnsTime {
  readonly own: number
  readonly others: number
}

/**
 * The same for one mail, within a time for the names of its sender's `domain` and one for all others: what is not answered by then has no answer.
 * Somebody waits for the verdict, other mails wait behind this one, and its writer says how many names are asked for, and whose servers are
 * slow: he must not use up what is there for the rule of the domain that he claims.
 */
export function within(resolve: Resolve, domain: string, time: DnsTime): Resolve {
  const [own, others] = [spending(resolve, time.own), spending(resolve, time.others)]
  return (name, type) => {
    const host = domainAsked(name)
    return (host === domain || sameSite(host, domain) ? own : others)(name, type)
  }
}

/** All questions together take no longer than `ms`. */
function spending(resolve: Resolve, ms: number): Resolve {
  let left = ms
  return async (name, type) => {
    if (left <= 0) throw new NoAnswer('ETIMEOUT', name)
    const began = performance.now()
    const over = new AbortController()
    const late = pause(left, null, { signal: over.signal, ref: false })
    try {
      const answer = await Promise.race([resolve(name, type), late])
      if (answer === null) throw new NoAnswer('ETIMEOUT', name)
      return answer
    } finally {
      left -= performance.now() - began
      over.abort()
      late.catch(() => undefined)
    }
  }
}

/** Answers from what was stored; what is not there was not asked then, and does not exist. */
export function storedResolver(answers: readonly DnsAnswer[]): Resolve {
  const known = new Map(answers.map((one) => [`${one.type} ${one.name.toLowerCase()}`, one.answer]))
  return async (name, type) => {
    const answer = known.get(`${type} ${name.toLowerCase()}`)
    if (answer === undefined) throw new NoAnswer('ENOTFOUND', name)
    if ('error' in answer) throw new NoAnswer(answer.error, name)
    return answer.map((parts) => [...parts])
  }
}

/** Writes down what is asked and answered. */
export function noting(resolve: Resolve): { readonly resolve: Resolve; readonly answers: readonly DnsAnswer[] } {
  const answers: DnsAnswer[] = []
  return {
    answers,
    resolve: async (name, type) => {
      try {
        const answer = await resolve(name, type)
        answers.push({ name, type, answer })
        return answer
      } catch (error) {
        answers.push({ name, type, answer: { error: codeOf(error) } })
        throw error
      }
    },
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'ESERVFAIL')

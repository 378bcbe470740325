import { Resolver } from 'node:dns/promises'
import type { DnsAnswer } from '../../src/core/identify/mail.ts'

/** Asks the DNS. Rejects with an error that has a `code`, as Node does. */
export type Resolve = (name: string, type: string) => Promise<string[][]>

const TIMEOUT_MS = 2_000
/** A DNS that did not answer is not waited for again so soon: somebody waits in chat for the verdict. */
const REST_MS = 30_000

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
  let restUntil = 0
  return async (name, type) => {
    if (type !== 'TXT') throw new NoAnswer('ENODATA', name)
    if (performance.now() < restUntil) throw new NoAnswer('ETIMEOUT', name)
    return resolver.resolveTxt(name).catch((error: unknown) => {
      if (!EXISTS_NOT.includes(codeOf(error))) restUntil = performance.now() + REST_MS
      throw error
    })
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

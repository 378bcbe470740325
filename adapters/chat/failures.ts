import { ChatError, type ChatErrorCode } from '../../src/ports.ts'

/** Null where the platform answers with one of these codes: that there is none, or that it may not be, is an answer, too. */
export async function unless<T>(codes: readonly ChatErrorCode[], work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ChatError && codes.includes(error.code)) return null
    throw error
  }
}

/** What the platform gives, or how it fails: for who wants to know why. */
export const tried = <T>(work: Promise<T>): Promise<T | ChatError> =>
  work.catch((error) => {
    if (error instanceof ChatError) return error
    throw error
  })

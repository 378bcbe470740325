import { noticeSignedOut } from './api.js'

/** Milliseconds: first and longest wait before the next try; silence after which a connection counts as dead (3 heartbeats). */
const FIRST_WAIT = 300
const LONGEST_WAIT = 3_000
const SILENCE = 45_000

/**
 * Live events with endless reconnection. `onOpen` is called at every (re)connection: whatever was missed must be read again.
 * @param {{onOpen: () => void, onLost: () => void, onEvent: (name: string, data: any) => void}} handlers
 */
export function liveEvents({ onOpen, onLost, onEvent }) {
  /** @type {AbortController | null} */
  let current = null
  return {
    /** Connects as this person, instead of as whoever was before. @param {string} person */
    connect(person) {
      current?.abort()
      current = new AbortController()
      void keepListening(person, current.signal)
    },
  }

  /** @param {string} person @param {AbortSignal} signal */
  async function keepListening(person, signal) {
    let wait = FIRST_WAIT
    while (!signal.aborted) {
      const heard = await listen(person, signal).catch(() => false)
      if (signal.aborted) return
      onLost()
      wait = heard ? FIRST_WAIT : Math.min(wait * 1.5, LONGEST_WAIT)
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  /** @param {string} person @param {AbortSignal} outer @returns {Promise<boolean>} whether the connection stood */
  async function listen(person, outer) {
    const silence = new AbortController()
    const signal = AbortSignal.any([outer, silence.signal])
    const response = await fetch(`/api/events?person=${encodeURIComponent(person)}`, { signal })
    noticeSignedOut(response)
    if (!response.ok || !response.body) return false
    onOpen()
    let timer = setTimeout(() => silence.abort(), SILENCE)
    let rest = ''
    try {
      for await (const text of chunks(response.body.pipeThrough(new TextDecoderStream()))) {
        clearTimeout(timer)
        timer = setTimeout(() => silence.abort(), SILENCE)
        const frames = (rest + text).split('\n\n')
        rest = frames.pop() ?? ''
        for (const frame of frames) read(frame)
      }
    } catch {
      // The connection broke; the caller connects again.
    } finally {
      clearTimeout(timer)
    }
    return true
  }

  /** @param {string} frame */
  function read(frame) {
    const name = /^event: (.*)$/m.exec(frame)?.[1]
    const data = /^data: (.*)$/m.exec(frame)?.[1]
    if (name && data) onEvent(name, JSON.parse(data))
  }
}

/** Not every browser can iterate a stream. @param {ReadableStream<string>} stream */
async function* chunks(stream) {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

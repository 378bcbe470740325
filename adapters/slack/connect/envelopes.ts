import type { App, Receiver, ReceiverEvent } from '@slack/bolt'
import { running } from '../../chat/running.ts'
import { inTime } from '../../chat/soon.ts'

/** How Slack's requests come. */
export interface Door {
  readonly receiver: Receiver
  open(): Promise<Opened>
}

export interface Opened {
  /** Where Slack's requests go, on loopback; a proxy with TLS stands before it. Null: they come over a connection that we opened. */
  readonly url: string | null
  /** Takes nothing new, lets what came in come to its end, then closes. */
  close(envelopes: Envelopes): Promise<void>
}

/** What comes in, on its way to bolt. */
export interface Envelopes {
  /** Everything that has come in so far is done and told: the work may go on after Slack was answered. */
  idle(): Promise<void>
  /** Takes nothing new: Slack is not answered, and sends it again to whoever is connected then. */
  refuse(): void
}

/**
 * Stands between a receiver and bolt. Bolt answers events before anybody has looked at them, which loses them in a crash, and never
 * answers what nobody listens to: here an answer comes when the work is done, or in time. `onCame` is told of each first.
 */
export function watchEnvelopes(receiver: Receiver, app: App, onCame: () => void = () => {}): Envelopes {
  const work = running()
  let open = true
  const processEvent = async (event: ReceiverEvent): Promise<void> => {
    if (!open) return
    onCame()
    await work.add(handled(app, event))
  }
  // The one method of bolt's that a receiver calls.
  receiver.init({ processEvent } as App)
  return {
    idle: work.idle,
    refuse: () => {
      open = false
    },
  }
}

async function handled(app: App, event: ReceiverEvent): Promise<void> {
  let answered = false
  const ack: ReceiverEvent['ack'] = async (answer) => {
    if (answered) return
    answered = true
    await event.ack(answer)
  }
  if (event.body?.type !== 'event_callback') {
    await app.processEvent({ ...event, ack })
    return ack()
  }
  const work = app.processEvent({ ...event, ack: async () => undefined })
  // A failure is thrown below, once Slack was answered in time.
  await inTime(work.catch(() => undefined))
  await ack()
  await work
}

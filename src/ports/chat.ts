import type { Card } from '../cards/card.ts'
import type { Budget } from '../core/budgets.ts'

/** A channel or a chat on a platform. `ref` is the platform's own id of it. */
export interface Place {
  readonly id: string
  readonly platform: string
  readonly ref: string
}

/** A message of ours on a platform, in the platform's own words. `thread` is the root message it hangs under. */
export interface MessageRef {
  readonly place: string
  readonly message: string
  readonly thread?: string
}

/** What a platform's search for one of our own messages answers. */
export type Found = { readonly found: MessageRef } | 'absent' | 'unsearchable'

/** What counts all calls of a platform together. */
export interface SharedWindow {
  /** A call now is one too many before so many milliseconds have passed; 0: there is room. */
  opensInMs(): number
  /** A call begins; what this answers is called at its end. */
  begin(): () => void
}

/**
 * A chat platform. Every method throws `ChatError` on failure; none retries by itself. Every call ends by itself well within half a minute,
 * and sends nothing any more once it has ended: a later try must not meet it on the way.
 * `key` is unique per message of ours: a platform that can, keeps it with the message, so that `find` sees it again.
 */
export interface ChatPlatform {
  readonly name: string
  /** What may be asked of it; a little less than it takes. The deliverer keeps within all of them. */
  readonly budgets: readonly Budget[]
  /** Hands in where calls that are not the deliverer's are counted, too: look-ups, private answers. */
  readonly onAside?: (window: SharedWindow) => void
  post(to: Place, card: Card, key: string): Promise<MessageRef>
  reply(to: MessageRef, card: Card, key: string): Promise<MessageRef>
  edit(ref: MessageRef, card: Card): Promise<void>
  /** Shows `card` to one person in the place. `person` is an id of the policy; the adapter knows the person's account. */
  whisper(to: Place, person: string, card: Card): Promise<void>
  /**
   * Looks for the message that carries `key`, in the place or under `thread`. Never guesses.
   * `since`: when it was first tried; older messages need not be searched (a platform allows for its own clock).
   */
  find(to: Place, thread: MessageRef | null, key: string, since?: Date): Promise<Found>
}

/** Pages that a platform has for each person, e.g. Slack's App Home. A `Place`'s ref is an account, its one message the page. */
export interface Home {
  readonly platform: ChatPlatform
  /** Name of the chat platform that it belongs to. */
  readonly of: string
  /** Address of one of our messages there. */
  urlOf(ref: MessageRef): string
}

/** Somebody opened their page. */
export interface OpenedHome {
  /** Name of the `Home`'s platform. */
  readonly platform: string
  /** The platform's own id of the account. */
  readonly account: string
  /** Whom it belongs to, by the policy. */
  readonly person: string
}

/** Who and where, between a platform and the policy in force. Ask each time: another version may be in force by then. */
export interface Directory {
  /** Verified address of a person of the policy, in lower case; null: nobody of that id. */
  emailByPerson(person: string): string | null
  /** Place id of a platform's own channel id; null: none of the policy's. */
  placeByRef(ref: string): string | null
  /** The platform's groups (Slack user groups, Teams teams) to which the policy gives roles. */
  groups(): readonly string[]
  /** The group that has this role, where the policy names one on this platform; for mentions. */
  groupByRole(role: string): string | null
}

/**
 * What a platform has proved about the account that acts; never what the account says of itself. Guests, people of other organisations
 * and deactivated accounts are refused by the adapter: whoever comes here is one of `everyone`.
 */
export interface Account {
  readonly platform: string
  /** The platform's own id of it. */
  readonly id: string
  readonly name: string
  /** Confirmed by the platform; in lower case. It is what links a person's accounts on several platforms. */
  readonly email: string
  /** IANA zone, where the platform says. */
  readonly zone?: string
  /** Those of `Directory.groups` that it is a member of. */
  readonly groups: readonly string[]
}

/** Something that somebody was sent and doubts. */
export interface Doubt {
  readonly actor: string
  /** Id of the place where it was asked; null: a private conversation. */
  readonly place: string | null
  readonly words: string
  /** Addresses behind links, beside those in the words. */
  readonly links: readonly string[]
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  /** The message of the place that it was said below, as its platform calls it; absent: it stands by itself. */
  readonly thread?: string
}

export type ChatErrorCode = 'RATE_LIMITED' | 'GONE' | 'FORBIDDEN' | 'REJECTED' | 'UNREACHED' | 'UNAVAILABLE'

/** A platform's no, in our words. `UNAVAILABLE`: nobody knows whether it arrived. `UNREACHED`: no way to the platform, so it did not. */
export class ChatError extends Error {
  readonly code: ChatErrorCode
  readonly retryAfterMs: number | undefined
  constructor(code: ChatErrorCode, message: string, retryAfterMs?: number) {
    super(message)
    this.name = 'ChatError'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

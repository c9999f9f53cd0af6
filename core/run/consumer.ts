import type { AnyEvent } from '../../events/catalog.ts'
import type { Context } from './context.ts'
import type { Verdict } from './verdict.ts'

/** One deployed reaction as an adapter mounts it: it brings events and turns verdicts into what its platform understands. */
export interface Consumer {
  readonly name: string
  readonly timeoutSeconds: number
  /**
   * Handles an event once. `attempt` is 1 at first; `undefined` where the platform does not tell, then it is counted in
   * the database. After `drop`, and after the last attempt, the event is kept as a dead letter already, and the verdict is
   * `drop`: the platform must not deliver it again. Throws only when the database cannot be reached: deliver again.
   */
  consume(event: AnyEvent, attempt: number | undefined, ctx: Context): Promise<Verdict>
  /** Keeps a message that is no event of ours as a dead letter. Throws when the database cannot be reached. */
  keep(message: ForeignMessage, ctx: Context): Promise<void>
  /** Delivers the event to this consumer again after the delay, by the outbox: for platforms that cannot wait by themselves. */
  postpone(event: AnyEvent, afterSeconds: number, ctx: Context): Promise<void>
}

/** One deployed schedule as an adapter mounts it. */
export interface Scheduled {
  readonly name: string
  readonly timeoutSeconds: number
  run(ctx: Context): Promise<void>
}

/** A message that could not be read, as it came. */
export interface ForeignMessage {
  /** Text, or base64 where the bytes are no UTF-8. */
  readonly body: string
  readonly encoding: 'utf8' | 'base64'
  readonly because: string
}

/** What a decoder makes of one native message. `ignored` is well formed and of no concern: a test event, a foreign bucket. */
export type Decoded =
  | { readonly is: 'event'; readonly event: AnyEvent; readonly attempt?: number }
  | { readonly is: 'foreign'; readonly message: ForeignMessage }
  | { readonly is: 'ignored'; readonly because: string }

import type { ForeignMessage } from '../../core/run/consumer.ts'
import type { Verdict } from '../../core/run/verdict.ts'
import type { AnyEvent } from '../../events/catalog.ts'

/** The write of an object as its store knows it. */
export interface StoredFacts {
  /** The cloud's own name of the bucket. */
  readonly bucketName: string
  readonly key: string
  readonly sizeBytes: number
  readonly etag: string
  /** Hexadecimal digits that are decimal ones too, since Cloud Storage counts in decimal. */
  readonly version: string
  readonly time: string
  /** How it was written: platforms tell it apart. */
  readonly how: 'put' | 'multipart' | 'copy'
}

/** Something that a platform brings to a consumer. */
export type EventDelivery =
  | { readonly carry: 'storage'; readonly facts: StoredFacts; readonly attempt?: number }
  | { readonly carry: 'bus'; readonly event: AnyEvent; readonly attempt?: number }
  /** A message of the consumer's own queue, as bytes. */
  | { readonly carry: 'queue'; readonly body: Uint8Array; readonly attempt?: number }
  /** What the platform sends to try out a subscription. */
  | { readonly carry: 'test' }
  | { readonly carry: 'schedule' }

/** How the consumer under test behaves: a verdict, or what consumers do wrong. */
export type Behaviour = Verdict | { readonly is: 'throws' } | { readonly is: 'hangs' }

/** What a platform would do with a delivery next. */
export type Settlement = 'settled' | 'again'

/** What the consumer under test was asked, in order. */
export type Asked =
  | { readonly asked: 'consume'; readonly event: AnyEvent; readonly attempt?: number }
  | { readonly asked: 'keep'; readonly message: ForeignMessage }
  | { readonly asked: 'postpone'; readonly event: AnyEvent; readonly afterSeconds: number }
  | { readonly asked: 'run' }

export interface EventCase {
  readonly name: string
  readonly deliveries: readonly EventDelivery[]
  /** By the event's id; `done` for others. */
  readonly behaves?: Readonly<Record<string, Behaviour>>
  readonly settled: readonly Settlement[]
  /** Where a delay was asked for: the platform brings it again by itself, or the consumer was asked to postpone it by so much. */
  readonly laterSeconds?: number
  /** Consumed events in the order of their ids, as they must be seen. */
  readonly consumes?: readonly AnyEvent[]
  /** Foreign messages, by their body as kept. */
  readonly keeps?: readonly Pick<ForeignMessage, 'body' | 'encoding'>[]
  readonly runs?: number
  /** The attempt that must be told, where the platform tells one. */
  readonly attempt?: number
}

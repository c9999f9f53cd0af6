/** One event, in CloudEvents 1.0 words. Delivered at least once: `(source, id)` tells a repetition. */
export interface Envelope<T extends string = string, D = unknown> {
  readonly id: string
  readonly type: T
  readonly source: string
  /** What the event is about, such as a video id or an object key. */
  readonly subject?: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly data: D
  /** 1 for the first delivery. */
  readonly attempt: number
  readonly traceparent?: string
}

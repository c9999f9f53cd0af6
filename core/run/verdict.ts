/** What a consumer says of one event. Each cloud maps it: delete, redeliver later, or dead-letter. */
export type Verdict =
  | { readonly is: 'done' }
  | { readonly is: 'retry'; readonly afterSeconds?: number; readonly because: string }
  | { readonly is: 'drop'; readonly reason: string }

export const done: Verdict = { is: 'done' }
/** Deliver again later; after the function's last attempt the event becomes a dead letter. */
export const retry = (because: string, afterSeconds?: number): Verdict =>
  afterSeconds === undefined ? { is: 'retry', because } : { is: 'retry', because, afterSeconds }
/** Never deliver again. The event is kept in the dead-letter store with this reason. */
export const drop = (reason: string): Verdict => ({ is: 'drop', reason })

const REQUEST_ID = /^[\w.:-]{8,128}$/
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The client's `x-request-id` where it is well formed. */
export const readRequestId = (given: unknown): string | undefined =>
  typeof given === 'string' && REQUEST_ID.test(given) ? given : undefined

/** A W3C `traceparent` (Trace Context 1, version 00) where it is well formed. */
export const readTraceparent = (given: unknown): string | undefined =>
  typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined

/** The trace that begins with this UUID has its id, so that one finds the other. */
export function newTrace(uuid: string): string {
  const hex = uuid.replaceAll('-', '')
  return `00-${hex}-${hex.slice(16)}-01`
}

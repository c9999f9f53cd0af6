import type { Decoded } from '../../core/run/consumer.ts'

export type NativeRecord = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is NativeRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The part of Lambda's context that we read; absent in a hand-made invocation. */
export interface LambdaContext {
  readonly awsRequestId?: string
  getRemainingTimeInMillis?(): number
}

/** What Lambda calls: two arguments and a promise, the one form that its Node 24 runtime still takes. */
export type LambdaHandler<Answer> = (event: unknown, context?: LambdaContext) => Promise<Answer>

/** Kept back of the time that Lambda gives, in milliseconds: the answer must be written before the process is frozen. */
const MARGIN_MS = 300

/** Milliseconds until work must be over: the function's own limit or what Lambda has left, whichever ends first. */
export function workMs(context: LambdaContext | undefined, timeoutSeconds: number): number {
  const left = context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY
  return Math.min(left - MARGIN_MS, timeoutSeconds * 1000)
}

/** A message that is no event of ours, as it came. Postgres keeps no NUL in a text, so such a text is kept as base64. */
export function foreign(native: unknown, because: string): Decoded {
  const text = typeof native === 'string' ? native : (JSON.stringify(native) ?? String(native))
  const plain = text.isWellFormed() && !text.includes('\0')
  const body = plain ? text : Buffer.from(text).toString('base64')
  return { is: 'foreign', message: { body, encoding: plain ? 'utf8' : 'base64', because } }
}

export const ignored = (because: string): Decoded => ({ is: 'ignored', because })

/** Runs a decoder; whatever it throws, the message is foreign and not a crash that the platform would repeat. */
export function decodeOr(native: unknown, decode: () => Decoded): Decoded {
  try {
    return decode()
  } catch (error) {
    return foreign(native, error instanceof Error ? error.message : String(error))
  }
}

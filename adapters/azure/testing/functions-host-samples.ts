import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HttpRequest } from '@azure/functions'
import type { Decoded } from '../../../core/run/consumer.ts'

const FOLDER = join(import.meta.dirname, '../../../events/samples/azure')

interface Common {
  /** The file without its ending. */
  readonly name: string
  readonly made: 'constructed' | 'recorded'
  readonly schema: string
}
export interface NeutralAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body?: string
  readonly bodyBase64?: string
}
export interface HttpSample extends Common {
  readonly form: 'http'
  readonly native: { readonly http: object }
  readonly neutral: Readonly<Record<string, unknown>>
  readonly answer: readonly { readonly neutral: NeutralAnswer; readonly native: unknown }[]
}
type Returned = null | { readonly throws: true }
export interface EventSample extends Common {
  readonly form: 'event-grid' | 'queue'
  readonly native: unknown
  readonly neutral: readonly Decoded[]
  readonly answer: { readonly done: Returned; readonly retry?: Returned; readonly drop?: Returned }
}
export type Sample = HttpSample | EventSample

export const SAMPLES: readonly Sample[] = readdirSync(FOLDER).map((file) => ({
  ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Sample),
  name: file.replace(/\.json$/, ''),
}))
export const HTTP_SAMPLES = SAMPLES.filter((sample): sample is HttpSample => sample.form === 'http')
export const EVENT_SAMPLES = SAMPLES.filter((sample): sample is EventSample => sample.form !== 'http')

export const BUCKETS = { uploads: 'skyreel-uploads', media: 'skyreel-media' }

/** The request of a sample, made by the library as it makes it of what the host sends. */
export function nativeRequest({ http }: HttpSample['native']): HttpRequest {
  const { body, ...rest } = http as { body?: { bytes?: unknown } }
  const bytes = typeof body?.bytes === 'string' ? { body: { bytes: Buffer.from(body.bytes, 'base64') } } : {}
  // The public type knows a part of what the library takes.
  return new HttpRequest({ ...rest, ...bytes } as ConstructorParameters<typeof HttpRequest>[0])
}

/** A queue message as the library hands it over: `src/converters/fromRpcTypedData.ts`. */
export function nativeMessage(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What `context` holds of an invocation, silent. */
export const silentInvocation = (more: object = {}) => ({
  invocationId: '6e6f0d1b-5d5c-4f3f-9d0b-1f2f3a4b5c6d',
  ...{ debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  ...more,
})

/** One HTTP exchange as it is on the wire between a client and a platform, before any platform has shaped it. */
export interface WireRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly target: string
  /** In the order sent; a name may come twice. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `undefined`: no body at all, no content-length. */
  readonly body: Uint8Array | undefined
  /** Address of the client as the platform sees it. */
  readonly clientIp: string
}

export interface WireAnswer {
  readonly status: number
  /** Lower-case names, without set-cookie. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body: Uint8Array
}

/** What the echo application says that it was given. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  readonly bodyBase64: string
  readonly clientIp: string
  readonly traceparent: string
}

/** What must be seen: the fields that are named, headers by name (`undefined`: must not be there). */
export interface MustSee extends Partial<Omit<Seen, 'headers'>> {
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** What must come out: the fields that are named, headers by name, `undefined` for none. */
export interface MustAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly cookies?: readonly string[]
  readonly body?: Uint8Array
  /** Fields of an `application/problem+json` body. */
  readonly problem?: Readonly<Record<string, unknown>>
}

export interface HttpCase {
  /** Unique; gaps are declared by it. */
  readonly name: string
  readonly request: WireRequest
  readonly sees?: MustSee
  readonly answers?: MustAnswer
}

/** The application's time limit in the runs, so that a slow handler is slow soon. */
export const TIMEOUT_SECONDS = 2
export const CLIENT_IP = '203.0.113.7'
export const HOST = 'api.example.com'

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const PLAIN: WireRequest = {
  method: 'GET',
  target: '/echo',
  headers: [],
  body: undefined,
  clientIp: CLIENT_IP,
}

/** A case whose request is a plain GET but for what is named. */
export function httpCase(
  name: string,
  request: Partial<WireRequest>,
  must: { sees?: MustSee; answers?: MustAnswer },
): HttpCase {
  return { name, request: { ...PLAIN, ...request }, ...must }
}

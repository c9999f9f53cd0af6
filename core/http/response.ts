/** One HTTP answer. Adapters turn it into their cloud's form. */
export interface HttpResponse {
  readonly status: number
  /** Lower-case names, one value each. */
  readonly headers?: Readonly<Record<string, string>>
  /** Whole `Set-Cookie` values, one an entry: they may not be joined (RFC 6265 3). */
  readonly cookies?: readonly string[]
  /** A stream is sent as it comes and closed when the client leaves. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** 200 with a JSON body. */
export function ok(value: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return json(200, value, headers)
}

/** 201 with `Location` and a JSON body, which may hold secrets: no cache keeps it. */
export function created(location: string, value: unknown): HttpResponse {
  return json(201, value, { location, 'cache-control': 'private, no-store' })
}

/** 204 without a body. */
export function noContent(cookies: readonly string[] = []): HttpResponse {
  return { status: 204, cookies }
}

/** Any status with a JSON body. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(value) }
}

import type { HttpRequest } from '../request.ts'

/** A request as an adapter would build it; `json` becomes the body with its content type. */
export function aRequest(
  method: string,
  path: string,
  more: Partial<HttpRequest> & { json?: unknown } = {},
): HttpRequest {
  const { json, ...rest } = more
  const body = json === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(json))
  const type: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' }
  return {
    method,
    path,
    query: new URLSearchParams(),
    cookies: {},
    body,
    params: {},
    clientIp: '127.0.0.1',
    ...rest,
    headers: { ...type, ...rest.headers },
  }
}

/** The JSON of an answer that holds text, or its bytes. */
export function jsonOf({ body }: { readonly body?: unknown }): unknown {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body
  if (typeof text !== 'string') throw new Error('the answer holds no text')
  return JSON.parse(text)
}

import { problemOf, Unreachable, wasAborted } from './problem.ts'

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly json?: unknown
  /** Bytes with their media type, instead of `json`. */
  readonly file?: { readonly type: string; readonly data: Blob }
  /** One name for one intent: asked again under it, it is done once. */
  readonly idempotencyKey?: string
  /** Token of the playback that this is about. */
  readonly playbackToken?: string
  /** Goes out although the page is being left. */
  readonly keepalive?: boolean
  readonly signal?: AbortSignal
}

export const PLAYBACK_HEADER = 'x-skyreel-playback'

/**
 * Asks the API, on the page's own origin. Throws `ApiProblem` for an answer that is not 2xx, `Unreachable` where there
 * is none, and the signal's AbortError.
 */
export async function ask(request: Ask, accessToken?: string): Promise<Response> {
  const response = await fetch(urlOf(request), initOf(request, accessToken)).catch((cause: unknown) => {
    if (wasAborted(cause)) throw cause
    throw new Unreachable('no answer', { cause })
  })
  if (!response.ok) throw await problemOf(response)
  return response
}

function urlOf({ path, query }: Ask): string {
  const pairs = Object.entries(query ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`
}

function initOf(request: Ask, accessToken: string | undefined): RequestInit {
  const { method, json, file, idempotencyKey, playbackToken, keepalive, signal } = request
  const headers = new Headers()
  if (accessToken) headers.set('authorization', `Bearer ${accessToken}`)
  if (idempotencyKey) headers.set('idempotency-key', idempotencyKey)
  if (playbackToken) headers.set(PLAYBACK_HEADER, playbackToken)
  if (file) headers.set('content-type', file.type)
  else if (json !== undefined) headers.set('content-type', 'application/json')
  const body = file?.data ?? (json === undefined ? undefined : JSON.stringify(json))
  return {
    ...{ method, headers },
    ...(body !== undefined && { body }),
    ...(keepalive && { keepalive }),
    ...(signal && { signal }),
  }
}

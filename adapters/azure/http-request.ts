import { isIP } from 'node:net'
import type { HttpRequest as NativeRequest } from '@azure/functions'
import { readCookies } from '../../core/http/cookies.ts'
import { Problem } from '../../core/http/problem.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import { splitTarget } from '../../core/http/target.ts'

const NO_BODY = new Uint8Array(0)
const NO_PARAMS = Object.freeze({})

export interface Received {
  readonly body?: Uint8Array
  /** Proxies of ours before Azure's front end, such as Front Door: 1. None by default. */
  readonly trustedHops?: number
}

/**
 * The request without its bytes, which come as an argument. Query and path are taken from the URL: the library's `query`
 * loses repeated values (azure-functions-nodejs-library#168). Throws a 400 Problem for a bad path.
 */
export function requestFromAzure(
  native: Pick<NativeRequest, 'method' | 'url' | 'headers'>,
  { body = NO_BODY, trustedHops = 0 }: Received = {},
): HttpRequest {
  const { path, search } = splitTarget(native.url)
  const headers = Object.fromEntries(native.headers) as Record<string, string>
  return {
    method: native.method.toUpperCase(),
    path,
    query: new URLSearchParams(search),
    headers,
    cookies: readCookies(headers.cookie),
    body,
    params: NO_PARAMS,
    clientIp: clientIpOf(headers['x-forwarded-for'], trustedHops),
  }
}

/**
 * The address that the front end saw, or the one that so many trusted proxies handed on; the entries before it are the
 * client's own claims. Azure writes the port behind the address.
 */
function clientIpOf(forwardedFor: string | undefined, trustedHops: number): string {
  const entries = (forwardedFor ?? '').split(',')
  const entry = (entries[Math.max(0, entries.length - 1 - trustedHops)] ?? '').trim()
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(entry)?.[1] ?? entry
  const address = isIP(bare) === 0 ? bare.replace(/:\d+$/, '') : bare
  return isIP(address) === 0 ? '' : address.replace(/^::ffff:(?=\d+\.)/, '')
}

const MAX_BODY_BYTES = 12 * 1024 ** 2

/** The exact bytes of a request. Throws a 413 Problem past 12 MB, without reading on. */
export async function bodyFromAzure(native: Pick<NativeRequest, 'body' | 'headers'>): Promise<Uint8Array> {
  if (Number(native.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw bodyTooLarge()
  if (!native.body) return NO_BODY
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of native.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > MAX_BODY_BYTES) throw bodyTooLarge()
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : new Uint8Array(Buffer.concat(chunks, size))
}

const bodyTooLarge = () =>
  new Problem({
    status: 413,
    code: 'body-too-large',
    title: 'The body is too large',
    detail: `The body may have ${MAX_BODY_BYTES} bytes at most.`,
  })

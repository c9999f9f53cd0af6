import { isIP } from 'node:net'
import { readCookies } from '../../core/http/cookies.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import { splitTarget } from '../../core/http/target.ts'

/** What the framework hands over: an Express request, of which these fields are node's own or the framework's. */
export interface GcpRequest {
  readonly method?: string | undefined
  /** The target as it came; Express cuts its mount path from `url`. */
  readonly originalUrl?: string | undefined
  readonly url?: string | undefined
  /** Names and values in turn. `headers` drops a repeated `authorization`, and keeps what the framework has undone. */
  readonly rawHeaders: readonly string[]
  /** Exact bytes, inflated where the client had compressed them; undefined where there was no body. */
  readonly rawBody?: Uint8Array | undefined
  readonly socket: { readonly remoteAddress?: string | undefined }
}

const NO_BODY = new Uint8Array(0)
const NO_PARAMS = Object.freeze({})

/**
 * The neutral request. `trustedHops` is how many proxies of ours stand before Google's own front end and append to
 * `x-forwarded-for`: 0 for the address of the function itself, 1 behind an external load balancer. Throws a 400 Problem
 * for a bad path.
 */
export function requestFromGcp(native: GcpRequest, trustedHops = 0): HttpRequest {
  const { path, search } = splitTarget(text(native.originalUrl) ?? text(native.url) ?? '/')
  const body = native.rawBody instanceof Uint8Array ? native.rawBody : NO_BODY
  const headers = inflatedHeaders(headersOf(native.rawHeaders), body)
  return {
    method: (text(native.method) ?? 'GET').toUpperCase(),
    path,
    query: new URLSearchParams(search),
    headers,
    cookies: readCookies(headers.cookie),
    body,
    params: NO_PARAMS,
    clientIp: clientIp(headers['x-forwarded-for'], trustedHops) ?? socketAddress(native),
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Lower-case names, each once. A name may be `__proto__`: the record has no prototype. */
export function headersOf(raw: unknown): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  if (!Array.isArray(raw)) return headers
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name, value] = [text(raw[i])?.toLowerCase(), text(raw[i + 1])]
    if (name === undefined || value === undefined) continue
    const before = headers[name]
    // RFC 6265 4.2.2: cookies are a list of their own.
    headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return headers
}

/** body-parser undoes these and leaves the header: who believed it would inflate twice. */
const UNDONE = /^(?:gzip|deflate|br)$/i

function inflatedHeaders(headers: Record<string, string>, body: Uint8Array): Record<string, string> {
  const encoding = headers['content-encoding']
  if (encoding === undefined || !UNDONE.test(encoding.trim())) return headers
  delete headers['content-encoding']
  if (headers['content-length'] !== undefined) headers['content-length'] = String(body.byteLength)
  return headers
}

/** The last entry is of Google's front end, or of the hop next to it; what stands left of all is the client's claim. Too few entries: somebody came past a hop. */
function clientIp(forwarded: string | undefined, trustedHops: number): string | undefined {
  const hops = forwarded?.split(',') ?? []
  const seen = hops.at(-1 - trustedHops)?.trim()
  return seen !== undefined && isIP(seen) !== 0 ? seen : undefined
}

const socketAddress = ({ socket }: GcpRequest): string =>
  (text(socket?.remoteAddress) ?? '').replace(/^::ffff:/, '')

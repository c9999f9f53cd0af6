import { hash } from 'node:crypto'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

/** A JSON answer with a strong ETag over its bytes; 304 where `If-None-Match` names it (RFC 9110 13.1.2). */
export function tagged(
  request: HttpRequest,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  // Bytes once, for the hash and for the socket: each of them would encode a string anew.
  const body = Buffer.from(JSON.stringify(value))
  const etag = `"${hash('sha1', body, 'base64url')}"`
  const all = { etag, 'cache-control': 'private, no-cache', vary: 'authorization', ...headers }
  if (matches(request.headers['if-none-match'], etag)) return { status: 304, headers: all }
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', ...all }, body }
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

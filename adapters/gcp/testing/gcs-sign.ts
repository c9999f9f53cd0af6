import { createHash, type KeyObject, verify } from 'node:crypto'
import type { Received } from './server.ts'

export type SignedAs = { readonly refused: string } | 'signed' | 'unsigned'

const MAX_SECONDS = 604_800

/**
 * What the store makes of a V4 signature in the query: verified over method, path, query, signed headers and time.
 * https://cloud.google.com/storage/docs/authentication/canonical-requests
 */
export function checkSignature(
  request: Received,
  accounts: ReadonlyMap<string, KeyObject>,
  now: Date,
): SignedAs {
  const field = (name: string) => request.query.get(`X-Goog-${name}`) ?? ''
  if (field('Signature') === '') return 'unsigned'
  if (field('Algorithm') !== 'GOOG4-RSA-SHA256') return refuse('the algorithm is not GOOG4-RSA-SHA256')
  const [account = '', ...scope] = field('Credential').split('/')
  const key = accounts.get(account)
  if (!key) return refuse(`the account ${account} is not known`)
  if (scope.join('/') !== `${field('Date').slice(0, 8)}/auto/storage/goog4_request`)
    return refuse('the scope does not fit the date')
  const untimely = checkTime(field('Date'), Number(field('Expires')), now)
  if (untimely) return refuse(untimely)
  const text = ['GOOG4-RSA-SHA256', field('Date'), scope.join('/'), sha256(canonicalRequest(request))]
  const signature = Buffer.from(field('Signature'), 'hex')
  const genuine = verify('sha256', Buffer.from(text.join('\n')), key, signature)
  return genuine ? 'signed' : refuse('the signature does not match the request')
}

const refuse = (refused: string) => ({ refused })

function checkTime(stamp: string, seconds: number, now: Date): string | undefined {
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (Number.isNaN(at)) return 'the date cannot be read'
  if (!(seconds >= 1 && seconds <= MAX_SECONDS))
    return 'it is good for less than a second or more than a week'
  if (at > now.getTime() + 900_000) return 'it is dated in the future'
  return now.getTime() > at + seconds * 1000 ? 'it has expired' : undefined
}

function canonicalRequest(request: Received): string {
  const names = request.query.get('X-Goog-SignedHeaders') ?? ''
  const headers = names.split(';').map((name) => `${name}:${headerOf(request, name)}\n`)
  const payload = String(request.headers['x-goog-content-sha256'] ?? 'UNSIGNED-PAYLOAD')
  return [request.method, request.path, canonicalQuery(request), headers.join(''), names, payload].join('\n')
}

/** The host is signed without its port. */
function headerOf(request: Received, name: string): string {
  const value = String(request.headers[name] ?? '')
    .trim()
    .replace(/\s{2,}/g, ' ')
  return name === 'host' ? value.replace(/:\d+$/, '') : value
}

function canonicalQuery({ query }: Received): string {
  const pairs = [...query].filter(([name]) => name !== 'X-Goog-Signature')
  const encoded = pairs.map(([name, value]) => [strict(name), strict(value)] as const)
  encoded.sort(([a], [b]) => (a < b ? -1 : 1))
  return encoded.map(([name, value]) => `${name}=${value}`).join('&')
}

const strict = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

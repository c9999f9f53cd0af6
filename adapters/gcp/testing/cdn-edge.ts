import { createHmac, timingSafeEqual } from 'node:crypto'
import { readCookies } from '../../../core/http/cookies.ts'
import { openServer, type Received, type Reply } from './server.ts'

export interface CdnEdgeOptions {
  /** Origin of the store, its own name of the bucket, and the token by which the edge alone may read it. */
  readonly store: string
  readonly bucket: string
  readonly token: string
  /** Signing keys by name, base64url: three at most. They may come and go. */
  readonly keys: ReadonlyMap<string, string>
  readonly now: () => Date
}
export interface CdnEdge extends AsyncDisposable {
  readonly origin: string
  readonly refusals: string[]
}

/** Cloud CDN before a private bucket, on this machine: signed URLs and cookies with a prefix, ranges, CORS. */
export async function openCdnEdge(options: CdnEdgeOptions): Promise<CdnEdge> {
  const refusals: string[] = []
  const answer = async (request: Received): Promise<Reply> => {
    if (request.method === 'OPTIONS') return { status: 204 }
    const grant = grantOf(request)
    const refused = grant && refusalOf(grant, `${server.origin}${request.path}`, options)
    if (!refused) return fetchFrom(request, options, grant !== undefined)
    refusals.push(`${request.path}: ${refused}`)
    return { status: 403, body: refused }
  }
  const server = await openServer(
    async (request) => withCors(request, await answer(request)),
    (error) => void refusals.push(String(error)),
  )
  return { ...server, refusals }
}

interface Grant {
  /** What is signed, as it came. */
  readonly policy: string
  readonly urlPrefix: string
  readonly expires: string
  readonly keyName: string
  readonly signature: string
}

/** Of the query if that has a signature, else of the cookie; parts of another order are no grant. */
function grantOf({ rawQuery, headers }: Received): Grant | undefined {
  const cookie = readCookies(headers.cookie)['Cloud-CDN-Cookie']
  const text = rawQuery.includes('Signature=') ? rawQuery : cookie
  if (text === undefined) return undefined
  const form = /^((?:.*&)?URLPrefix=([\w=-]*)[:&]Expires=(\d+)[:&]KeyName=([\w-]*))[:&]Signature=([\w=-]*)$/
  const [, policy = '', urlPrefix = '', expires = '', keyName = '', signature = ''] = form.exec(text) ?? []
  return { policy, urlPrefix, expires, keyName, signature }
}

function refusalOf(grant: Grant, url: string, { keys, now }: CdnEdgeOptions): string | undefined {
  if (keys.size > 3) throw new Error('Cloud CDN takes three keys of a backend')
  const key = keys.get(grant.keyName)
  if (key === undefined) return 'the key is not known'
  const signature = createHmac('sha1', Buffer.from(key, 'base64url')).update(grant.policy).digest()
  const given = Buffer.from(grant.signature, 'base64url')
  if (given.length !== signature.length || !timingSafeEqual(given, signature)) return 'the signature is wrong'
  if (now().getTime() >= Number(grant.expires) * 1000) return 'it has expired'
  const prefix = Buffer.from(grant.urlPrefix, 'base64url').toString()
  return url.startsWith(prefix) ? undefined : 'the URL lies outside the prefix'
}

/** Unsigned requests reach the store without the edge's credentials: a private bucket refuses them. */
async function fetchFrom(
  request: Received,
  { store, bucket, token }: CdnEdgeOptions,
  mayRead: boolean,
): Promise<Reply> {
  // The store takes dots for a name like any other, and no object of ours has it; the client below would resolve them.
  if (/(?:\/|%2f)(?:\.|%2e){0,2}(?:\/|%2f|$)|%00|\\|%5c/i.test(request.path)) return { status: 404 }
  const { range } = request.headers
  const response = await fetch(`${store}/${bucket}${request.path}`, {
    method: request.method,
    headers: {
      ...(mayRead ? { authorization: `Bearer ${token}` } : {}),
      ...(range === undefined ? {} : { range }),
    },
  })
  const passed = ['content-type', 'content-range', 'accept-ranges', 'etag', 'cache-control', 'last-modified']
  const headers = passed.flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  const body = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, headers: Object.fromEntries(headers), body }
}

/** As the load balancer's rule: pages of any origin, with their cookies. */
function withCors({ headers }: Received, reply: Reply): Reply {
  if (headers.origin === undefined) return reply
  const cors = {
    'access-control-allow-origin': headers.origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'Range',
    'access-control-expose-headers': 'Content-Length, Content-Range',
    vary: 'Origin',
  }
  return { ...reply, headers: { ...reply.headers, ...cors } }
}

import { type KeyObject, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { AwsAccess } from '../config.ts'
import { presign } from '../storage-sign.ts'

export interface CloudFront extends AsyncDisposable {
  readonly origin: string
  /** Requests that were refused, and why. */
  readonly refusals: string[]
}

interface Options {
  /** Public keys of the trusted key group, by id. They may come and go. */
  readonly keys: ReadonlyMap<string, KeyObject>
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Of the origin: the media bucket, read with credentials of the distribution's own. */
  readonly access: () => AwsAccess
}

class Denied extends Error {
  override readonly name = 'Denied'
}

/**
 * An edge of CloudFront whose only behaviour is restricted to signed requests: it checks key, signature, time and resource
 * as CloudFront does, and fetches from the bucket. A player of any site may read, with its cookies.
 */
export async function openCloudFront({ keys, access, now = Date.now }: Options): Promise<CloudFront> {
  const refusals: string[] = []
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      refusals.push(`${request.method} ${request.url}: ${String(error)}`)
      if (response.headersSent) return response.destroy()
      response.writeHead(error instanceof Denied ? 403 : 502, { 'content-type': 'text/xml' })
      response.end('<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>')
    })
  })
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(cors(request))) response.setHeader(name, value)
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    if (request.method !== 'GET') throw new Denied(`${request.method} is not allowed`)
    // As it came: CloudFront resolves no dots and joins no slashes.
    const [path = '', search = ''] = (request.url ?? '').split('?', 2)
    const from = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const query = new URLSearchParams(search)
    check({ url: origin + path, query, cookies: cookiesOf(request), keys, now: now(), from })
    await fetchFrom(access(), { path, range: request.headers.range }, response)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const dispose = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { origin, refusals, [Symbol.asyncDispose]: dispose }
}

/** A response headers policy with credentials names the origin; `*` would not do. */
const cors = ({ headers }: IncomingMessage): Record<string, string> =>
  headers.origin === undefined
    ? {}
    : {
        'access-control-allow-origin': headers.origin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'content-length, content-range, etag',
        vary: 'origin',
      }

const cookiesOf = ({ headers }: IncomingMessage) =>
  new Map((headers.cookie ?? '').split('; ').map((pair) => pair.split('=', 2) as [string, string]))

const NAMES = ['Policy', 'Signature', 'Key-Pair-Id'] as const

interface Asked {
  /** Without the query. */
  readonly url: string
  readonly query: URLSearchParams
  readonly cookies: ReadonlyMap<string, string>
  readonly keys: ReadonlyMap<string, KeyObject>
  readonly now: number
  readonly from: string
}

/** A request with anything of a signature in its query is judged by that alone, whatever its cookies say. */
function check({ url, query, cookies, keys, now, from }: Asked): void {
  const inQuery = NAMES.some((name) => query.has(name))
  const [policyText, signature, keyId] = NAMES.map((name) =>
    inQuery ? query.get(name) : cookies.get(`CloudFront-${name}`),
  )
  if (!policyText || !signature || !keyId) throw new Denied('MissingKey')
  const key = keys.get(keyId)
  if (!key) throw new Denied(`unknown key ${keyId}`)
  const policy = fromUrlSafe(policyText)
  // RSA and ECDSA alike; without Hash-Algorithm the hash is SHA-1.
  if (!verify('sha1', policy, key, fromUrlSafe(signature))) throw new Denied('wrong signature')
  const others = [...query].filter(([name]) => !NAMES.some((known) => known === name))
  const search = others.length === 0 ? '' : `?${new URLSearchParams(others)}`
  checkPolicy(JSON.parse(policy.toString()), { asked: url + search, now, from })
}

function fromUrlSafe(text: string): Buffer {
  if (!/^[A-Za-z0-9~_-]+$/.test(text)) throw new Denied('not of the alphabet of CloudFront')
  return Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64')
}

interface Statement {
  readonly Resource: string
  readonly Condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** The one form of policy that we sign; whatever else is in it is refused, and not overlooked. */
function checkPolicy(
  policy: unknown,
  { asked, now, from }: Pick<Asked, 'now' | 'from'> & { asked: string },
): void {
  const [statement, ...others] = (policy as { Statement: readonly Statement[] }).Statement
  if (!statement || others.length > 0) throw new Denied('a policy has one statement')
  const { DateLessThan, IpAddress, ...more } = statement.Condition
  if (Object.keys(more).length > 0) throw new Denied(`conditions ${Object.keys(more)}`)
  const until = DateLessThan?.['AWS:EpochTime']
  if (typeof until !== 'number' || until * 1000 <= now) throw new Denied('expired')
  if (IpAddress && IpAddress['AWS:SourceIp'] !== `${from}/32`) throw new Denied(`not for ${from}`)
  const wildcards: Readonly<Record<string, string>> = { '*': '.*', '?': '.' }
  const pattern = statement.Resource.replace(/[\\^$.*+?()[\]{}|]/g, (c) => wildcards[c] ?? `\\${c}`)
  if (!new RegExp(`^${pattern}$`).test(asked)) throw new Denied(`${asked} is not ${statement.Resource}`)
}

const PASSED_ON = [
  'content-type',
  'content-length',
  'content-range',
  'accept-ranges',
  'etag',
  'cache-control',
]

async function fetchFrom(
  { config, credentials }: AwsAccess,
  { path, range }: { path: string; range: string | undefined },
  response: ServerResponse,
): Promise<void> {
  const key = decoded(path.slice(1))
  // S3 takes dots for a name like any other, and no object of ours has it; the client below would resolve them.
  if (key === undefined || /(?:^|\/)(?:\.{0,2})(?:\/|$)|[\0\\]/.test(key)) throw new Denied('no such key')
  const place = { endpoint: config.endpoints.s3, bucket: config.buckets.media, key }
  const signing = { region: config.region, credentials: await credentials(), signedAt: new Date() }
  const url = presign({ method: 'GET', query: {}, ...place }, { ...signing, expiresSeconds: 60 })
  const found = await fetch(url, { headers: range === undefined ? {} : { range } })
  response.statusCode = found.status
  for (const name of PASSED_ON) {
    const value = found.headers.get(name)
    if (value !== null) response.setHeader(name, value)
  }
  if (!found.body) return void response.end()
  const body = Readable.fromWeb(found.body as ReadableStream)
  await new Promise<void>((resolve, reject) => {
    body.once('error', reject)
    response.once('close', resolve)
    body.pipe(response)
  })
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

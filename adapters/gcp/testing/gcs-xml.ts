import { media, xmlError } from './gcs-answers.ts'
import { answerMultipart, initiate } from './gcs-multipart.ts'
import { continueSession, startSession } from './gcs-sessions.ts'
import { etagOf, type GcsBucket, type GcsStore, type ObjectDescription } from './gcs-store.ts'
import type { Received, Reply } from './server.ts'

interface At {
  readonly store: GcsStore
  readonly request: Received
  readonly bucket: GcsBucket
  readonly name: string
  readonly origin: string
  readonly minPartBytes: number
}

/** The XML interface in its path style, `/<bucket>/<object>`. Who asks is known already. */
export async function answerXml(
  store: GcsStore,
  request: Received,
  how: { origin: string; minPartBytes: number },
): Promise<Reply> {
  const [, bucketName = '', ...rest] = request.path.split('/')
  const bucket = store.buckets.get(decodeURIComponent(bucketName))
  if (!bucket) return xmlError(404, 'NoSuchBucket', 'The specified bucket does not exist.')
  const name = decodeURIComponent(rest.join('/'))
  if (name === '' || Buffer.byteLength(name) > 1024)
    return xmlError(400, 'InvalidObjectName', 'The specified object name is not valid.')
  const refused = refuseUnknown(request)
  const reply = refused ?? (await answerObject({ store, request, bucket, name, ...how }))
  return withCors(reply, request, bucket)
}

const KNOWN = [
  'uploads',
  'uploadId',
  'partNumber',
  'upload_id',
  'max-parts',
  'part-number-marker',
  'generation',
]

function refuseUnknown({ query }: Received): Reply | undefined {
  const unknown = [...query.keys()].filter((name) => !KNOWN.includes(name) && !name.startsWith('X-Goog-'))
  return unknown.length > 0 ? xmlError(400, 'InvalidArgument', `Unknown: ${unknown.join(', ')}`) : undefined
}

async function answerObject(at: At): Promise<Reply> {
  const { request, name } = at
  if (request.method === 'OPTIONS') return { status: 200 }
  const session = request.query.get('upload_id')
  if (session !== null) return continued(at, session)
  if (request.query.has('uploadId')) return answerMultipart(at)
  if (request.method === 'POST') return start(at)
  const object = at.bucket.objects.get(name)
  if (request.method === 'PUT') return put(at)
  if (!object) return xmlError(404, 'NoSuchKey', 'The specified key does not exist.')
  if (request.method === 'GET' || request.method === 'HEAD') return media(object, request, true)
  if (request.method !== 'DELETE') return xmlError(405, 'MethodNotAllowed', request.method)
  at.bucket.objects.delete(name)
  return { status: 204 }
}

async function put({ store, request, bucket, name }: At): Promise<Reply> {
  const match = request.headers['x-goog-if-generation-match']
  const how = { ifGenerationMatch: match === undefined ? undefined : String(match) }
  const made = await store.write(bucket, descriptionOf(name, request), request.body, how)
  return { status: 200, headers: { etag: `"${etagOf(made)}"`, 'x-goog-generation': made.generation } }
}

function start(at: At): Reply {
  const { store, request, bucket, name, origin } = at
  if (request.query.has('uploads')) return initiate(at, descriptionOf(name, request))
  if (request.headers['x-goog-resumable'] !== 'start')
    return xmlError(400, 'InvalidArgument', 'a POST needs ?uploads or x-goog-resumable: start')
  const [min = 0, max = Number.POSITIVE_INFINITY] = String(
    request.headers['x-goog-content-length-range'] ?? '',
  )
    .split(',')
    .filter((text) => text !== '')
    .map(Number)
  const description = descriptionOf(name, request)
  const id = startSession(store, {
    bucket: bucket.name,
    description,
    sizes: { min, max },
    origin: request.headers.origin,
  })
  return {
    status: 201,
    headers: { location: `${origin}${request.path}?upload_id=${id}`, 'content-length': '0' },
  }
}

async function continued({ store, request }: At, id: string): Promise<Reply> {
  const outcome = await continueSession(store, id, request)
  if (outcome.is === 'made') return { status: 200, headers: { etag: `"${etagOf(outcome.object)}"` } }
  return outcome.is === 'incomplete'
    ? outcome.reply
    : xmlError(outcome.status, 'InvalidArgument', outcome.because)
}

function descriptionOf(name: string, { headers }: Received): ObjectDescription {
  const custom = Object.entries(headers).filter(([header]) => header.startsWith('x-goog-meta-'))
  return {
    name,
    contentType: headers['content-type'] ?? 'application/octet-stream',
    cacheControl: headers['cache-control'],
    metadata: Object.fromEntries(custom.map(([header, value]) => [header.slice(12), String(value)])),
  }
}

/** As the bucket's rules say. A resumable session admits the page that began it. */
function withCors(reply: Reply, request: Received, bucket: GcsBucket): Reply {
  const { origin } = request.headers
  const method = request.headers['access-control-request-method'] ?? request.method
  const rule = bucket.cors.find(
    (rule) => rule.method.includes(method) && rule.origin.some((o) => o === '*' || o === origin),
  )
  if (origin === undefined || !rule) return reply
  const headers = {
    ...reply.headers,
    'access-control-allow-origin': rule.origin.includes('*') ? '*' : origin,
    'access-control-expose-headers': rule.responseHeader.join(', '),
    vary: 'Origin',
  }
  if (request.method !== 'OPTIONS') return { ...reply, headers }
  const preflight = {
    'access-control-allow-methods': rule.method.join(', '),
    'access-control-allow-headers': rule.responseHeader.join(', '),
    'access-control-max-age': String(rule.maxAgeSeconds),
  }
  return { ...reply, headers: { ...headers, ...preflight } }
}

import { jsonError, media } from './gcs-answers.ts'
import {
  checkPreconditions,
  type GcsBucket,
  type GcsObject,
  type GcsStore,
  type ObjectDescription,
  resourceOf,
} from './gcs-store.ts'
import { json, type Received, type Reply, unknownIn } from './server.ts'

interface At {
  readonly store: GcsStore
  readonly request: Received
  readonly bucket: GcsBucket
}

/** The JSON interface below `/storage/v1`. https://cloud.google.com/storage/docs/json_api */
export async function answerJson(store: GcsStore, request: Received): Promise<Reply> {
  const names = request.path.split('/').slice(3).map(decodeURIComponent)
  const [, bucketName, , name, verb, ...target] = names
  if (names[0] !== 'b') return jsonError(404, 'notFound', 'Not Found')
  if (bucketName === undefined) return makeBucket(store, request)
  const bucket = store.buckets.get(bucketName)
  if (!bucket) return jsonError(404, 'notFound', 'The specified bucket does not exist.')
  const at = { store, request, bucket }
  if (names.length === 2 && request.method === 'GET')
    return json({ kind: 'storage#bucket', id: bucketName, name: bucketName })
  if (names[2] !== 'o') return jsonError(404, 'notFound', 'Not Found')
  if (name === undefined) return list(at)
  if (verb === 'compose') return compose(at, name)
  if (verb === 'rewriteTo') return rewrite(at, name, target)
  return verb === undefined ? oneObject(at, name) : jsonError(404, 'notFound', 'Not Found')
}

function makeBucket(store: GcsStore, request: Received): Reply {
  const { name } = read(request)
  if (request.method !== 'POST' || typeof name !== 'string')
    return jsonError(400, 'invalid', 'Required: name')
  if (store.buckets.has(name))
    return jsonError(409, 'conflict', 'Your previous request to create the bucket succeeded')
  store.addBucket(name)
  return json({ kind: 'storage#bucket', id: name, name })
}

/** Refuses query parameters that this server does not know: the driver must not rely on what is ignored here. */
function refuseUnknown({ query }: Received, known: readonly string[]): Reply | undefined {
  const unknown = [...query.keys()].filter((name) => !known.includes(name))
  return unknown.length > 0 ? jsonError(400, 'invalidParameter', `Unknown: ${unknown.join(', ')}`) : undefined
}

const LIST = [
  'prefix',
  'delimiter',
  'maxResults',
  'pageToken',
  'startOffset',
  'endOffset',
  'prettyPrint',
  'fields',
]

function list({ request, bucket }: At): Reply {
  const refused = refuseUnknown(request, LIST)
  if (refused || request.method !== 'GET') return refused ?? jsonError(405, 'methodNotAllowed', 'GET alone')
  const of = (name: string) => request.query.get(name) ?? ''
  const [prefix, delimiter, from] = [of('prefix'), of('delimiter'), of('startOffset')]
  const limit = Math.min(Number(of('maxResults') || 1000), 1000)
  const after = Buffer.from(of('pageToken'), 'base64url').toString()
  const names = [...bucket.objects.keys()]
    .filter(
      (name) => name.startsWith(prefix) && order(name, from) >= 0 && (after === '' || order(name, after) > 0),
    )
    .sort(order)
  const page = names.slice(0, limit)
  const folder = (name: string) => {
    const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length)
    return end < 0 ? undefined : name.slice(0, end + delimiter.length)
  }
  const items = page.filter((name) => folder(name) === undefined).map((name) => bucket.objects.get(name))
  const prefixes = [...new Set(page.flatMap((name) => folder(name) ?? []))]
  const next =
    names.length > page.length ? { nextPageToken: Buffer.from(page.at(-1) ?? '').toString('base64url') } : {}
  const found = items
    .filter((object) => object !== undefined)
    .map((object) => resourceOf(bucket.name, object))
  return json({ kind: 'storage#objects', ...next, ...(prefixes.length ? { prefixes } : {}), items: found })
}

const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const OBJECT = [
  'alt',
  'generation',
  'ifGenerationMatch',
  'ifMetagenerationMatch',
  'ifGenerationNotMatch',
  'prettyPrint',
  'fields',
  'projection',
]

function oneObject({ store, request, bucket }: At, name: string): Reply {
  const refused = refuseUnknown(request, OBJECT)
  if (refused) return refused
  const object = find(bucket, name, request.query.get('generation'))
  if (!object) return jsonError(404, 'notFound', `No such object: ${bucket.name}/${name}`)
  checkPreconditions(object, preconditionsOf(request))
  if (request.method === 'GET' && request.query.get('ifGenerationNotMatch') === object.generation)
    return { status: 304 }
  if (request.method === 'GET')
    return request.query.get('alt') === 'media'
      ? media(object, request, false)
      : json(resourceOf(bucket.name, object))
  if (request.method === 'PATCH')
    return json(resourceOf(bucket.name, patch({ store, request, bucket }, object)))
  if (request.method !== 'DELETE') return jsonError(405, 'methodNotAllowed', request.method)
  bucket.objects.delete(name)
  return { status: 204 }
}

function patch({ store, request, bucket }: At, object: GcsObject): GcsObject {
  const to = descriptionOf(object.name, read(request))
  return store.change(bucket, object, { ...to, metadata: { ...object.metadata, ...to.metadata } })
}

function find(bucket: GcsBucket, name: string, generation: string | null): GcsObject | undefined {
  const object = bucket.objects.get(name)
  return generation === null || object?.generation === generation ? object : undefined
}

export function preconditionsOf({ query }: Received) {
  return {
    ifGenerationMatch: query.get('ifGenerationMatch') ?? undefined,
    ifMetagenerationMatch: query.get('ifMetagenerationMatch') ?? undefined,
  }
}

const MAX_SOURCES = 32

async function compose({ store, request, bucket }: At, name: string): Promise<Reply> {
  const { destination, sourceObjects } = read(request) as {
    destination?: object
    sourceObjects?: readonly { name: string }[]
  }
  if (!sourceObjects?.length || sourceObjects.length > MAX_SOURCES)
    return jsonError(400, 'invalid', `The number of source components must be between 1 and ${MAX_SOURCES}`)
  const sources = sourceObjects.map((source) => bucket.objects.get(source.name))
  if (sources.some((source) => !source)) return jsonError(404, 'notFound', 'No such object: a source')
  const bytes = Buffer.concat(sources.map((source) => source?.bytes ?? Buffer.alloc(0)))
  const how = { joined: true, ...preconditionsOf(request) }
  const made = await store.write(bucket, descriptionOf(name, { ...destination }), bytes, how)
  return json(resourceOf(bucket.name, made))
}

/** In one step: the real store asks to come again for large objects of another location. */
async function rewrite(
  { store, request, bucket }: At,
  name: string,
  target: readonly string[],
): Promise<Reply> {
  const [, to = '', , newName = ''] = target
  const [source, destination] = [bucket.objects.get(name), store.buckets.get(to)]
  if (!source || !destination) return jsonError(404, 'notFound', `No such object: ${bucket.name}/${name}`)
  const made = await store.write(
    destination,
    { ...source, name: newName },
    source.bytes,
    preconditionsOf(request),
  )
  const size = String(made.bytes.length)
  return json({
    kind: 'storage#rewriteResponse',
    totalBytesRewritten: size,
    objectSize: size,
    done: true,
    resource: resourceOf(to, made),
  })
}

export function read({ body }: Pick<Received, 'body'>): Record<string, unknown> {
  return body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>)
}

const DESCRIPTION = ['name', 'contentType', 'cacheControl', 'metadata', 'bucket', 'contentEncoding']

/** What a client says of an object. Throws for a field that this server does not keep. */
export function descriptionOf(name: string, said: Readonly<Record<string, unknown>>): ObjectDescription {
  const unknown = unknownIn(said, DESCRIPTION)
  if (unknown.length > 0) throw new Error(`unknown fields of an object: ${unknown.join(', ')}`)
  return {
    name,
    contentType: String(said.contentType ?? 'application/octet-stream'),
    cacheControl: said.cacheControl as string | undefined,
    metadata: (said.metadata ?? {}) as Record<string, string>,
  }
}

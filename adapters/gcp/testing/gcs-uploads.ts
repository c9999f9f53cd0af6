import { jsonError } from './gcs-answers.ts'
import { descriptionOf, preconditionsOf, read } from './gcs-json.ts'
import { continueSession, startSession } from './gcs-sessions.ts'
import { crc32c, type GcsBucket, type GcsStore, resourceOf } from './gcs-store.ts'
import { json, type Received, type Reply } from './server.ts'

interface At {
  readonly store: GcsStore
  readonly request: Received
  readonly bucket: GcsBucket
  readonly origin: string
}

/** Uploads of the JSON interface: `/upload/storage/v1/b/<bucket>/o`. */
export async function answerUpload(store: GcsStore, request: Received, origin: string): Promise<Reply> {
  const [, , , , , bucketName = '', tail] = request.path.split('/').map(decodeURIComponent)
  const bucket = store.buckets.get(bucketName)
  if (!bucket || tail !== 'o') return jsonError(404, 'notFound', 'The specified bucket does not exist.')
  const at = { store, request, bucket, origin }
  const id = request.query.get('upload_id')
  if (id !== null) return continued(at, id)
  if (request.method !== 'POST') return jsonError(405, 'methodNotAllowed', request.method)
  const type = request.query.get('uploadType')
  if (type === 'multipart') return wholeUpload(at)
  if (type === 'resumable') return startUpload(at)
  return jsonError(400, 'invalid', `uploadType ${type}`)
}

async function continued({ store, request, bucket }: At, id: string): Promise<Reply> {
  const outcome = await continueSession(store, id, request)
  if (outcome.is === 'made') return json(resourceOf(bucket.name, outcome.object))
  return outcome.is === 'incomplete' ? outcome.reply : jsonError(outcome.status, 'invalid', outcome.because)
}

function startUpload({ store, request, bucket, origin }: At): Reply {
  const name = request.query.get('name') ?? ''
  if (name === '') return jsonError(400, 'required', 'Required: name')
  const { headers } = request
  const said = read(request)
  const type = said.contentType ?? headers['x-upload-content-type']
  const id = startSession(store, {
    bucket: bucket.name,
    description: descriptionOf(name, { ...said, ...(type ? { contentType: type } : {}) }),
    sizes: { min: 0, max: Number.POSITIVE_INFINITY },
    origin: headers.origin,
  })
  const query = new URLSearchParams({ uploadType: 'resumable', name, upload_id: id })
  return { status: 200, headers: { location: `${origin}${request.path}?${query}`, 'content-length': '0' } }
}

/** `multipart/related`: a JSON part, then the bytes. */
async function wholeUpload({ store, request, bucket }: At): Promise<Reply> {
  const parts = related(request)
  if (!parts) return jsonError(400, 'badRequest', 'Malformed multipart body.')
  const [first, second] = parts
  const said = read({ body: first.body })
  const name = String(request.query.get('name') ?? said.name ?? '')
  if (name === '' || Buffer.byteLength(name) > 1024) return jsonError(400, 'invalid', 'Invalid object name')
  const { crc32c: sum, md5Hash: _, ...rest } = said
  if (sum !== undefined && sum !== crc32c(second.body))
    return jsonError(400, 'invalid', 'The provided CRC32C does not match')
  const description = descriptionOf(name, { ...rest, contentType: said.contentType ?? second.type })
  const made = await store.write(bucket, description, second.body, preconditionsOf(request))
  return json(resourceOf(bucket.name, made))
}

interface RelatedPart {
  readonly type: string | undefined
  readonly body: Buffer
}

function related({ headers, body }: Received): readonly [RelatedPart, RelatedPart] | undefined {
  const [, boundary] = /^multipart\/related;.*boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '') ?? []
  if (boundary === undefined) return undefined
  const mark = Buffer.from(`--${boundary}`)
  const starts: number[] = []
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) starts.push(at)
  const [one, two, end] = starts
  if (one === undefined || two === undefined || end === undefined) return undefined
  const part = (from: number, to: number) => readPart(body.subarray(from + mark.length + 2, to - 2))
  return [part(one, two), part(two, end)]
}

function readPart(bytes: Buffer): RelatedPart {
  const end = bytes.indexOf('\r\n\r\n')
  const [, type] = /content-type:\s*(.*)/i.exec(bytes.subarray(0, end).toString()) ?? []
  return { type: type?.trim(), body: bytes.subarray(end + 4) }
}

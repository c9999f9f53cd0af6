import { createHash } from 'node:crypto'
import { escapeXml, xml, xmlError } from './gcs-answers.ts'
import {
  etagOf,
  type GcsBucket,
  type GcsStore,
  type MultipartUpload,
  newName,
  type ObjectDescription,
} from './gcs-store.ts'
import type { Received, Reply } from './server.ts'

export interface MultipartAt {
  readonly store: GcsStore
  readonly request: Received
  readonly bucket: GcsBucket
  readonly name: string
  readonly minPartBytes: number
}

const MAX_PARTS = 10_000

export function initiate({ bucket, name }: MultipartAt, description: ObjectDescription): Reply {
  const id = newName()
  bucket.uploads.set(id, { name, description, parts: new Map() })
  const fields = `<Bucket>${bucket.name}</Bucket><Key>${escapeXml(name)}</Key><UploadId>${id}</UploadId>`
  return xml(`<InitiateMultipartUploadResult>${fields}</InitiateMultipartUploadResult>`)
}

/** PUT, GET, POST, DELETE with `uploadId`. https://cloud.google.com/storage/docs/xml-api/put-object-multipart */
export async function answerMultipart(at: MultipartAt): Promise<Reply> {
  const { bucket, request, name } = at
  const id = request.query.get('uploadId') ?? ''
  const upload = bucket.uploads.get(id)
  if (!upload || upload.name !== name)
    return xmlError(404, 'NoSuchUpload', 'The requested upload was not found.')
  if (request.method === 'PUT') return storePart(request, upload)
  if (request.method === 'GET') return listParts(request, upload)
  if (request.method === 'POST') return complete(at, upload, id)
  if (request.method !== 'DELETE') return xmlError(405, 'MethodNotAllowed', request.method)
  bucket.uploads.delete(id)
  return { status: 204 }
}

function storePart({ query, body, headers }: Received, upload: MultipartUpload): Reply {
  const number = Number(query.get('partNumber'))
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS)
    return xmlError(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000')
  if (headers['content-length'] === undefined) return xmlError(411, 'MissingContentLength', 'Content-Length')
  const etag = createHash('md5').update(body).digest('hex')
  upload.parts.set(number, { bytes: body, etag })
  return { status: 200, headers: { etag: `"${etag}"`, 'content-length': '0' } }
}

function listParts({ query }: Received, upload: MultipartUpload): Reply {
  const after = Number(query.get('part-number-marker') ?? '0')
  const max = Math.min(Number(query.get('max-parts') ?? '1000'), 1000)
  const all = [...upload.parts].sort(([a], [b]) => a - b).filter(([number]) => number > after)
  const page = all.slice(0, max)
  const parts = page.map(
    ([number, { bytes, etag }]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>&quot;${etag}&quot;</ETag><Size>${bytes.length}</Size></Part>`,
  )
  const more = all.length > page.length
  const next = more ? `<NextPartNumberMarker>${page.at(-1)?.[0]}</NextPartNumberMarker>` : ''
  return xml(`<ListPartsResult>${next}<IsTruncated>${more}</IsTruncated>${parts.join('')}</ListPartsResult>`)
}

async function complete(at: MultipartAt, upload: MultipartUpload, id: string): Promise<Reply> {
  const wanted = readParts(at.request.body.toString())
  if (!wanted) return xmlError(400, 'MalformedCompleteMultipartUpload', 'The request body is malformed.')
  if (wanted.some(({ number }, i) => i > 0 && number <= (wanted[i - 1]?.number ?? 0)))
    return xmlError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.')
  const parts = wanted.map(({ number, etag }) => {
    const part = upload.parts.get(number)
    return part?.etag === etag ? part : undefined
  })
  const found = parts.filter((part) => part !== undefined)
  if (found.length < parts.length)
    return xmlError(400, 'InvalidPart', 'One or more of the specified parts could not be found.')
  if (found.slice(0, -1).some(({ bytes }) => bytes.length < at.minPartBytes))
    return xmlError(400, 'EntityTooSmall', 'A part is smaller than the minimum size allowed.')
  at.bucket.uploads.delete(id)
  const bytes = Buffer.concat(found.map((part) => part.bytes))
  const made = await at.store.write(at.bucket, upload.description, bytes, { joined: true })
  const fields = `<Bucket>${at.bucket.name}</Bucket><Key>${escapeXml(at.name)}</Key><ETag>&quot;${etagOf(made)}&quot;</ETag>`
  return xml(`<CompleteMultipartUploadResult>${fields}</CompleteMultipartUploadResult>`)
}

/** Strict: nothing but parts of a number and a quoted etag. */
function readParts(body: string): { number: number; etag: string }[] | undefined {
  const [, inside] = /^\s*<CompleteMultipartUpload>([\s\S]*)<\/CompleteMultipartUpload>\s*$/.exec(body) ?? []
  const part = /<Part><PartNumber>(\d+)<\/PartNumber><ETag>"([^"<]*)"<\/ETag><\/Part>/g
  if (inside === undefined || inside.replace(part, '') !== '' || inside === '') return undefined
  return [...inside.matchAll(part)].map(([, number, etag]) => ({ number: Number(number), etag: etag ?? '' }))
}

import { problemResponse } from '../../core/http/problem.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { BUCKETS } from '../../core/ports/storage.ts'
import type { Context } from '../../core/run/context.ts'
import type { StreamedRequest } from '../node/http-request.ts'
import { exactly, WrongLength } from './exact-length.ts'
import { mediaAnswer } from './media-http.ts'
import type { LocalStorage } from './storage.ts'
import { PartTooLate } from './storage-parts.ts'
import { isPartSignature, readGrant, type SignedPart } from './storage-sign.ts'

export interface StorageHttpOptions {
  readonly storage: LocalStorage
  readonly secrets: Secrets
  readonly clock: Clock
}

/**
 * What a cloud's store and CDN answer by themselves: `PUT /storage/...` takes signed parts, `GET /media/<grant>/<key>`
 * gives private media. `undefined` for other paths. Bytes go between socket and disk, never through memory as a whole.
 */
export function openStorageHttp(options: StorageHttpOptions) {
  return (request: StreamedRequest, ctx: Context): Promise<HttpResponse> | undefined => {
    const handler = request.path.startsWith('/media/')
      ? media
      : request.path.startsWith('/storage/')
        ? part
        : undefined
    return handler && answered(handler(request, options), ctx)
  }
}

interface Refusal {
  readonly refused: Parameters<typeof problemResponse>[0]
}

async function answered(answer: Promise<HttpResponse | Refusal>, ctx: Context): Promise<HttpResponse> {
  const found = await answer
  const response = 'refused' in found ? problemResponse(found.refused, ctx.requestId) : found
  return { ...response, headers: { ...response.headers, 'x-request-id': ctx.requestId } }
}

const refuse = (
  status: number,
  code: string,
  title: string,
  detail: string,
  headers?: Record<string, string>,
): Refusal => ({
  refused: { status, code, title, detail, ...(headers ? { headers } : {}) },
})

const MEDIA_PATH = /^\/media\/([^/]+)\/(.+)$/s

async function media(request: StreamedRequest, { storage, secrets, clock }: StorageHttpOptions) {
  if (request.method === 'OPTIONS') return PREFLIGHT
  if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed('GET, HEAD, OPTIONS')
  const [, grant = '', key = ''] = MEDIA_PATH.exec(request.path) ?? []
  const good = readGrant(await secrets.get('delivery-key'), grant, {
    key,
    clientIp: request.clientIp,
  })
  if (!good)
    return refuse(
      403,
      'grant-invalid',
      'Not allowed',
      'This playback URL is not valid. Ask for a new one.',
      CORS,
    )
  if (clock.now() >= good.expiresAt)
    return refuse(
      403,
      'grant-expired',
      'Not allowed',
      'This playback URL has expired. Ask for a new one.',
      CORS,
    )
  const left = Math.floor((good.expiresAt.getTime() - clock.now().getTime()) / 1000)
  const answer = await mediaAnswer(storage, key, request, left)
  if (answer && 'outside' in answer) return outside(answer.outside)
  return answer
    ? { ...answer, headers: { ...answer.headers, ...CORS } }
    : refuse(404, 'not-found', 'Not found', 'There is no such object.', CORS)
}

const outside = (sizeBytes: number) =>
  refuse(416, 'range-outside', 'Range not satisfiable', `The object has ${sizeBytes} bytes.`, {
    ...CORS,
    'content-range': `bytes */${sizeBytes}`,
  })

/** Players of other sites may load it: the grant in the URL is the permission, no cookie is looked at. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'content-length, content-range, etag',
}
const PREFLIGHT: HttpResponse = {
  status: 204,
  headers: {
    ...CORS,
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers': 'range, if-none-match, if-range',
    'access-control-max-age': '86400',
  },
}

const notAllowed = (allow: string) =>
  refuse(405, 'method-not-allowed', 'Method not allowed', `Allowed: ${allow}.`, { allow })

const PART_PATH = /^\/storage\/([a-z]+)\/([0-9a-f]{32})\/([1-9]\d{0,4})$/

async function part(request: StreamedRequest, options: StorageHttpOptions): Promise<HttpResponse | Refusal> {
  const wanted = readPart(request)
  if (!wanted) return refuse(404, 'not-found', 'Not found', 'Signed parts are stored here, and nothing else.')
  if (request.method !== 'PUT') return notAllowed('PUT')
  return (await refusal(request, wanted, options)) ?? store(request, wanted, options)
}

async function refusal(
  request: StreamedRequest,
  wanted: SignedPart,
  { secrets, clock }: StorageHttpOptions,
): Promise<Refusal | undefined> {
  const signature = request.query.get('signature') ?? ''
  if (!isPartSignature(await secrets.get('delivery-key'), wanted, signature))
    return refuse(403, 'signature-invalid', 'Not allowed', 'The signature does not fit this request.')
  if (clock.now() >= wanted.expiresAt)
    return refuse(403, 'signature-expired', 'Not allowed', 'This URL has expired. Ask for a new one.')
  const length = request.headers['content-length']
  if (length === undefined) return refuse(411, 'length-required', 'Length required', 'Send content-length.')
  if (Number(length) > wanted.sizeBytes)
    return refuse(413, 'body-too-large', 'The body is too large', `This part has ${wanted.sizeBytes} bytes.`)
  return Number(length) < wanted.sizeBytes ? wrongLength(wanted) : undefined
}

const wrongLength = ({ sizeBytes }: SignedPart) =>
  refuse(400, 'wrong-length', 'The body has the wrong length', `This part has ${sizeBytes} bytes.`)

async function store(
  request: StreamedRequest,
  wanted: SignedPart,
  { storage }: StorageHttpOptions,
): Promise<HttpResponse | Refusal> {
  const { bucket, key, upload, number, sizeBytes } = wanted
  try {
    const stored = await storage.storePart(bucket, key, upload, {
      number,
      body: exactly(request.stream, sizeBytes),
    })
    if (!stored)
      return refuse(
        404,
        'upload-unknown',
        'Not found',
        'There is no such upload; it was completed or aborted.',
      )
    return { status: 200, headers: { etag: `"${stored.etag}"` } }
  } catch (error) {
    if (error instanceof Error && error.cause instanceof WrongLength) return wrongLength(wanted)
    if (error instanceof PartTooLate) return TOO_LATE
    throw error
  }
}

const TOO_LATE = refuse(
  409,
  'upload-completing',
  'The upload is being completed',
  'It takes no more parts. Complete it again with the same list.',
)

function readPart({ path, query }: StreamedRequest): SignedPart | undefined {
  const [, name, upload, number] = PART_PATH.exec(path) ?? []
  const bucket = BUCKETS.find((known) => known === name)
  const [sizeBytes, expires] = [
    Number(query.get('size') ?? Number.NaN),
    Number(query.get('expires') ?? Number.NaN),
  ]
  if (!bucket || !upload || !number || !Number.isSafeInteger(sizeBytes) || !Number.isSafeInteger(expires))
    return undefined
  return {
    bucket,
    key: query.get('key') ?? '',
    upload,
    number: Number(number),
    sizeBytes,
    expiresAt: new Date(expires * 1000),
  }
}

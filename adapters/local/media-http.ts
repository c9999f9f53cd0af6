import type { HttpResponse } from '../../core/http/response.ts'
import { checkKey, KeyRefused, RangeRefused } from '../../core/ports/storage.ts'
import type { StreamedRequest } from '../node/http-request.ts'
import type { LocalStorage } from './storage.ts'
import type { Description } from './storage-objects.ts'

/**
 * An object of the media bucket with ranges (206) and ETags (304); `outside` for one beyond its size, `undefined` where there
 * is no object. A viewer's cache may keep it as long as the grant holds, a shared one not at all: the film may be private.
 */
export async function mediaAnswer(
  storage: LocalStorage,
  key: string,
  { method, headers }: Pick<StreamedRequest, 'method' | 'headers'>,
  maxAgeSeconds: number,
): Promise<HttpResponse | Outside | undefined> {
  if (!isKey(key)) return undefined
  const object = await storage.describe('media', key)
  if (!object) return undefined
  const common = describe(object, maxAgeSeconds)
  if (named(headers['if-none-match'], common.etag)) return { status: 304, headers: common }
  const range = rangeFor(headers, object, common.etag)
  if (range === 'none') return { outside: object.sizeBytes }
  const partial = range ? { status: 206, headers: partHeaders(common, range, object) } : undefined
  const whole = { status: 200, headers: { ...common, 'content-length': String(object.sizeBytes) } }
  if (method === 'HEAD') return partial ?? whole
  return withBody(storage, key, partial ?? whole, range)
}

/** The object's size in bytes: the range that was asked for lies beyond it. */
export interface Outside {
  readonly outside: number
}

type Headers = Readonly<Record<string, string>>
interface Range {
  readonly start: number
  /** Inclusive. */
  readonly end: number
}

function isKey(key: string): boolean {
  try {
    return checkKey(key) === key
  } catch (error) {
    if (error instanceof KeyRefused) return false
    throw error
  }
}

async function withBody(
  storage: LocalStorage,
  key: string,
  answer: HttpResponse,
  range: Range | undefined,
): Promise<HttpResponse | Outside | undefined> {
  try {
    const found = await storage.get('media', key, range)
    return found && { ...answer, body: found.body }
  } catch (error) {
    // Replaced by a shorter object between the two looks.
    if (error instanceof RangeRefused) return { outside: 0 }
    throw error
  }
}

const describe = (object: Description, maxAgeSeconds: number): { etag: string } & Headers => ({
  etag: `"${object.etag}"`,
  'content-type': object.contentType === UNKNOWN ? typeOf(object.key) : object.contentType,
  'accept-ranges': 'bytes',
  'last-modified': new Date(object.modifiedAt).toUTCString(),
  'cache-control': `private, max-age=${maxAgeSeconds}, immutable`,
})

const UNKNOWN = 'application/octet-stream'
const TYPES: Headers = {
  m3u8: 'application/vnd.apple.mpegurl',
  mpd: 'application/dash+xml',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
  vtt: 'text/vtt; charset=utf-8',
  jpg: 'image/jpeg',
}
const typeOf = (key: string): string => TYPES[key.slice(key.lastIndexOf('.') + 1)] ?? UNKNOWN

const named = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag) === true

const partHeaders = (common: Headers, { start, end }: Range, { sizeBytes }: Description): Headers => ({
  ...common,
  'content-range': `bytes ${start}-${end}/${sizeBytes}`,
  'content-length': String(end - start + 1),
})

/** RFC 9110 14.2: a range in another form, or of several parts, or for another version, is as none. */
function rangeFor(headers: Headers, { sizeBytes }: Description, etag: string): Range | 'none' | undefined {
  if (headers['if-range'] !== undefined && headers['if-range'] !== etag) return undefined
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  if (first !== '' && last !== '' && Number(last) < start) return undefined
  return start < sizeBytes && start <= end ? { start, end } : 'none'
}

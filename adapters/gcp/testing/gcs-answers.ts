import { etagOf, type GcsObject } from './gcs-store.ts'
import { json, type Received, type Reply } from './server.ts'

/** A failure as the JSON interface tells it. */
export const jsonError = (code: number, reason: string, message: string): Reply =>
  json({ error: { code, message, errors: [{ message, domain: 'global', reason }] } }, code)

/** A failure as the XML interface tells it. */
export const xmlError = (status: number, code: string, details: string): Reply =>
  xml(`<Error><Code>${code}</Code><Message>${escapeXml(details)}</Message></Error>`, status)

export const xml = (text: string, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/xml; charset=UTF-8' },
  body: `<?xml version='1.0' encoding='UTF-8'?>${text}`,
})

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The bytes of an object, or the range that is asked for. */
export function media(object: GcsObject, request: Received, quoted: boolean): Reply {
  const headers = headersOf(object, quoted)
  const size = object.bytes.length
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  if (first === undefined || (first === '' && last === ''))
    return { status: 200, headers: { ...headers, 'content-length': String(size) }, body: object.bytes }
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start > end)
    return {
      ...xmlError(416, 'InvalidRange', 'The requested range cannot be satisfied.'),
      headers: { 'content-range': `bytes */${size}` },
    }
  const body = object.bytes.subarray(start, end + 1)
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(body.length),
      'content-range': `bytes ${start}-${end}/${size}`,
    },
    body,
  }
}

/** The JSON interface has the etag bare, the XML interface in quotes. */
function headersOf(object: GcsObject, quoted: boolean): Record<string, string> {
  const hash = `crc32c=${object.crc32c}${object.md5 === undefined ? '' : `,md5=${object.md5}`}`
  return {
    'content-type': object.contentType,
    'cache-control': object.cacheControl ?? 'private, max-age=0',
    'accept-ranges': 'bytes',
    etag: quoted ? `"${etagOf(object)}"` : etagOf(object),
    'last-modified': object.updatedAt.toUTCString(),
    'x-goog-hash': hash,
    'x-goog-generation': object.generation,
    'x-goog-metageneration': String(object.metageneration),
    'x-goog-stored-content-encoding': 'identity',
    'x-goog-stored-content-length': String(object.bytes.length),
  }
}

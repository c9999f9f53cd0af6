import type { Clock } from '../../core/ports/clock.ts'
import { type Part, PartsRefused, type PutOptions } from '../../core/ports/storage.ts'
import type { Credentials } from './credentials.ts'
import { objectPath } from './storage-sign.ts'

/** One upload as the store's XML interface knows it. */
export interface XmlUpload {
  /** The store's own name of the bucket. */
  readonly bucket: string
  readonly key: string
  readonly id: string
}

export interface XmlStore {
  /** Origin. */
  readonly endpoint: string
  readonly credentials: Credentials
  readonly clock: Clock
}

export interface XmlParts {
  start(bucket: string, key: string, options: PutOptions & { readonly mark: string }): Promise<string>
  /** `undefined` for an upload that the store does not know (any more). */
  list(upload: XmlUpload): Promise<Part[] | undefined>
  /** False for an upload that the store does not know (any more). Throws `PartsRefused`. */
  complete(upload: XmlUpload, parts: readonly Pick<Part, 'number' | 'etag'>[]): Promise<boolean>
  abort(upload: XmlUpload): Promise<void>
}

/** Metadata of an object made of parts: which upload made it. A repeated completion recognises its object by it. */
export const UPLOAD_MARK = 'skyreel-upload'

/**
 * Multipart uploads: only the XML interface has them. Requests carry the access token; what the client sends itself is
 * signed (storage-sign.ts). https://cloud.google.com/storage/docs/multipart-uploads
 */
export function openXmlParts(store: XmlStore): XmlParts {
  const ask = openAsk(store)
  return {
    async start(bucket, key, { contentType, cacheControl, mark }) {
      const headers = {
        'content-type': contentType,
        [`x-goog-meta-${UPLOAD_MARK}`]: mark,
        ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
      }
      const { text } = ok(await ask('POST', objectPath(bucket, key), 'uploads', { headers }))
      return element(text, 'UploadId') ?? missing('UploadId', text)
    },
    list: (upload) => listAll(ask, upload),
    async complete(upload, parts) {
      const answer = await ask('POST', pathOf(upload), queryOf(upload), { body: partsXml(parts) })
      if (REFUSALS.has(answer.code)) throw new PartsRefused(`the store refused the parts: ${answer.code}`)
      return answer.code === 'NoSuchUpload' ? false : ok(answer).status === 200
    },
    async abort(upload) {
      const answer = await ask('DELETE', pathOf(upload), queryOf(upload))
      if (answer.code !== 'NoSuchUpload') ok(answer)
    },
  }
}

const REFUSALS = new Set(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'])

const pathOf = ({ bucket, key }: XmlUpload) => objectPath(bucket, key)
const queryOf = ({ id }: XmlUpload) => `uploadId=${encodeURIComponent(id)}`

interface Answer {
  readonly status: number
  readonly text: string
  /** The store's word for a failure; empty for success. */
  readonly code: string
}
type Ask = (
  method: string,
  path: string,
  query: string,
  more?: { headers?: Readonly<Record<string, string>>; body?: string },
) => Promise<Answer>

/** Joining thousands of parts takes the store a while. */
const ANSWER_SECONDS = 120

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 100

/** Every request here may be repeated: what a lost answer had done is answered `NoSuchUpload`, and understood. */
function openAsk({ endpoint, credentials, clock }: XmlStore): Ask {
  return async (method, path, query, { headers, body = '' } = {}) => {
    for (let attempt = 1; ; attempt++) {
      const init = {
        method,
        headers: { ...headers, authorization: `Bearer ${await credentials.token()}` },
        ...(method === 'POST' ? { body } : {}),
        signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
      }
      const answer = await askOnce(`${endpoint}${path}?${query}`, init, attempt === ATTEMPTS)
      if (answer) return answer
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1))
    }
  }
}

/** `undefined` where another try may help. */
async function askOnce(url: string, init: RequestInit, last: boolean): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, init)
    const text = await response.text()
    // A completion that fails late is answered 200 with an error inside.
    const code = element(text, 'Code') ?? (response.ok ? '' : 'Unknown')
    const passing = response.status === 429 || response.status >= 500 || PASSING.has(code)
    return passing && !last ? undefined : { status: response.status, text, code }
  } catch (error) {
    if (last) throw error
    return undefined
  }
}

const PASSING = new Set(['InternalError', 'ServiceUnavailable', 'SlowDown'])

function ok(answer: Answer): Answer {
  if (answer.code === '') return answer
  throw new Error(
    `the store answered ${answer.status} ${answer.code}: ${element(answer.text, 'Message') ?? ''}`,
  )
}

async function listAll(ask: Ask, upload: XmlUpload): Promise<Part[] | undefined> {
  const parts: Part[] = []
  for (let marker = '0'; ; ) {
    const query = `${queryOf(upload)}&max-parts=1000&part-number-marker=${marker}`
    const answer = await ask('GET', pathOf(upload), query)
    if (answer.code === 'NoSuchUpload') return undefined
    const { text } = ok(answer)
    parts.push(...[...text.matchAll(/<Part>([\s\S]*?)<\/Part>/g)].map(([, part]) => readPart(part ?? '')))
    if (element(text, 'IsTruncated') !== 'true') return parts
    marker = element(text, 'NextPartNumberMarker') ?? missing('NextPartNumberMarker', text)
  }
}

function readPart(xml: string): Part {
  const field = (name: string) => element(xml, name) ?? missing(name, xml)
  return {
    number: Number(field('PartNumber')),
    sizeBytes: Number(field('Size')),
    etag: bare(field('ETag')),
  }
}

const bare = (etag: string) => etag.replace(/^"(.*)"$/, '$1')

function partsXml(parts: readonly Pick<Part, 'number' | 'etag'>[]): string {
  const part = ({ number, etag }: Pick<Part, 'number' | 'etag'>) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>"${escapeXml(bare(etag))}"</ETag></Part>`
  return `<CompleteMultipartUpload>${parts.map(part).join('')}</CompleteMultipartUpload>`
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Text of the first element of a name, without attributes, as the store's answers have them. */
function element(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? []
  return text?.replace(/&(amp|lt|gt|quot|apos|#34);/g, (_, entity: string) => ENTITIES[entity] ?? '"')
}

function missing(name: string, xml: string): never {
  throw new Error(`the store's answer has no ${name}: ${xml.slice(0, 200)}`)
}

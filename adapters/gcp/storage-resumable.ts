import type { UrlToSign } from './storage-sign.ts'

export interface Session {
  /** The store's own name of the bucket. */
  readonly bucket: string
  readonly key: string
  readonly contentType: string
  readonly sizeBytes: number
  readonly origin?: string
  readonly now: Date
}
type Sign = (
  want: Pick<UrlToSign, 'method' | 'bucket' | 'key' | 'query' | 'headers' | 'expiresAt'>,
) => Promise<string>

const START_SECONDS = 60

/** Starts a resumable upload by a signed request and answers the session's URL. https://cloud.google.com/storage/docs/performing-resumable-uploads */
export async function startSession(sign: Sign, session: Session): Promise<string> {
  const { bucket, key, contentType, sizeBytes, origin, now } = session
  const headers = {
    'content-type': contentType,
    'x-goog-content-length-range': `${sizeBytes},${sizeBytes}`,
    'x-goog-resumable': 'start',
  }
  const expiresAt = new Date(now.getTime() + START_SECONDS * 1000)
  const url = await sign({ method: 'POST', bucket, key, headers, expiresAt })
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, ...(origin === undefined ? {} : { origin }) },
    body: '',
    signal: AbortSignal.timeout(START_SECONDS * 1000),
  })
  const location = response.headers.get('location')
  if (response.status === 201 && location !== null) return location
  throw new Error(`the start of a resumable upload was answered ${response.status}: ${await response.text()}`)
}

import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import type { SignedPart, Upload } from '../../core/video/wire.ts'
import { type Api, readProblem } from './api.ts'

const AT_ONCE = 3

export interface UploadOptions {
  /** Hears the bytes stored so far. */
  readonly sent: (bytes: number, of: number) => void
  /** The video that the film is for, made before; else one is made. */
  readonly videoId?: string
}

/** Uploads a film in signed parts, as a browser does. Answers the video's id. */
export async function uploadFilm(api: Api, path: string, { sent, ...into }: UploadOptions): Promise<string> {
  const film = await openAsBlob(path)
  const upload = await api.call<Upload>('POST', '/v1/uploads', {
    name: basename(path),
    size: film.size,
    ...into,
  })
  const signed = new Map(upload.parts.map((part) => [part.number, part]))
  const numbers = Array.from({ length: upload.partCount }, (_, at) => at + 1)
  const parts: { number: number; etag: string }[] = []
  let bytes = 0
  const worker = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const part = signed.get(number) ?? (await signMore(api, upload, signed, number))
      parts.push({ number, etag: await sendPart(part, film, (number - 1) * upload.partBytes) })
      bytes += part.sizeBytes
      sent(bytes, film.size)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  parts.sort((a, b) => a.number - b.number)
  await api.call('POST', `/v1/uploads/${upload.id}/complete`, { parts })
  return upload.videoId
}

const SIGN_AT_ONCE = 100

async function signMore(
  api: Api,
  upload: Upload,
  signed: Map<number, SignedPart>,
  from: number,
): Promise<SignedPart> {
  const count = Math.min(SIGN_AT_ONCE, upload.partCount - from + 1)
  const numbers = Array.from({ length: count }, (_, at) => from + at)
  const more = await api.call<{ parts: SignedPart[] }>('POST', `/v1/uploads/${upload.id}/parts`, { numbers })
  for (const part of more.parts) signed.set(part.number, part)
  const wanted = signed.get(from)
  if (!wanted) throw new Error(`the API did not sign part ${from}`)
  return wanted
}

async function sendPart(part: SignedPart, film: Blob, offset: number): Promise<string> {
  const body = film.slice(offset, offset + part.sizeBytes)
  const response = await fetch(part.url, { method: part.method, headers: part.headers, body })
  if (!response.ok) throw await readProblem(response, `PUT of part ${part.number}`)
  await response.arrayBuffer()
  const etag = response.headers.get('etag') ?? part.etag
  if (!etag) throw new Error(`the store answered part ${part.number} without an etag`)
  return etag
}

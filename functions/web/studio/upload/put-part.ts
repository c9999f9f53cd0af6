import type { SignedPart } from '../../../../core/video/wire.ts'
import { Unreachable } from '../../kit/problem.ts'

/** The store refused a part: 403 is an expired signature, 5xx passes, anything else does not. */
export class PartRefused extends Error {
  override readonly name = 'PartRefused'
  readonly status: number
  constructor(status: number) {
    super(`The store refused a part of the film (${status}).`)
    this.status = status
  }
}

export interface PutOptions {
  readonly signal: AbortSignal
  /** Bytes of this part that have left so far. */
  readonly onBytes: (sent: number) => void
}
/** Sends one part to the store and answers its etag. Throws `PartRefused`, `Unreachable` or the AbortError. */
export type PutPart = (part: SignedPart, bytes: Blob, options: PutOptions) => Promise<string>

/** By XMLHttpRequest: fetch still tells nothing about what has left. */
export const putPart: PutPart = (part, bytes, { signal, onBytes }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    request.open(part.method, part.url)
    for (const [name, value] of Object.entries(part.headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => onBytes(event.loaded)
    request.onerror = () => reject(new Unreachable('the store gave no answer'))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onload = () => {
      const etag = request.getResponseHeader('etag') ?? part.etag
      if (request.status >= 300) reject(new PartRefused(request.status))
      else if (etag === undefined)
        reject(new Error('The store does not show the etag header to pages (CORS).'))
      else resolve(etag)
    }
    request.onloadend = () => signal.removeEventListener('abort', abort)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) reject(new DOMException('aborted', 'AbortError'))
    else request.send(bytes)
  })

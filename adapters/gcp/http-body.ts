import type { IncomingMessage } from 'node:http'
import { Problem } from '../../core/http/problem.ts'

/** Cloud Run takes no more (https://cloud.google.com/run/quotas). */
const MAX_BODY_BYTES = 32 * 1024 ** 2

/** Whether the framework has left the body unread: its parsers pass over a request without a content type. */
export const isUnread = (message: Partial<IncomingMessage> & { rawBody?: Uint8Array | undefined }): boolean =>
  message.rawBody === undefined && message.readable === true && message.readableEnded === false

/** The exact bytes of a body that nobody has read. Throws a 413 Problem past 32 MiB, a 400 one for a body cut off. */
export async function readUnread(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    // Left early it would take the connection with it, and the answer.
    for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw new Problem({ status: 400, code: 'body-incomplete', title: 'The body broke off' }, { cause })
  }
  if (size > MAX_BODY_BYTES) throw tooLarge()
  return Buffer.concat(chunks, size)
}

const tooLarge = () =>
  new Problem({
    status: 413,
    code: 'body-too-large',
    title: 'The body is too large',
    detail: `The body may have ${MAX_BODY_BYTES} bytes at most.`,
  })

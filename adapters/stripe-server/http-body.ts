import type { IncomingMessage } from 'node:http'
import { StripeFailure } from './store.ts'

const LIMIT = 1_000_000

/** The whole body as text. Throws a 413 for more than 1 MB. */
export async function bodyText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += (part as Buffer).length
    if (size > LIMIT)
      throw new StripeFailure(413, { type: 'invalid_request_error' }, 'The body is too large.')
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}

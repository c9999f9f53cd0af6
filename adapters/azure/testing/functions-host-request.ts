import type { IncomingMessage, ServerResponse } from 'node:http'
import type { App } from './functions-host-core.ts'
import type { Hit } from './functions-host-routes.ts'

export interface Exchange {
  readonly app: App
  readonly message: IncomingMessage
  readonly response: ServerResponse
  /** Path and query; of an absolute target, too. */
  readonly target: string
  readonly hit: Hit
}

/**
 * The headers as the host has them: UTF-8 as Kestrel reads it, repeated ones joined by a comma, and the client's address
 * and port behind what it claims itself.
 */
export function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, values = []] of Object.entries(message.headersDistinct))
    headers[name] = values.map(asUtf8).join(',')
  const { remoteAddress, remotePort } = message.socket
  const seen = `${remoteAddress}:${remotePort}`
  const claimed = headers['x-forwarded-for']
  return { ...headers, 'x-forwarded-for': claimed === undefined ? seen : `${claimed}, ${seen}` }
}

function asUtf8(value: string): string {
  const text = Buffer.from(value, 'latin1').toString('utf8')
  return text.includes('\ufffd') ? value : text
}

export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

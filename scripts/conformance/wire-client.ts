import { request as send } from 'node:http'
import { HOST, type WireAnswer, type WireRequest } from './http-case.ts'

export interface WireTarget {
  readonly port: number
  /** Headers that the platform's front adds or changes on their way, such as the address of the client. */
  readonly front?: (request: WireRequest) => WireRequest['headers']
}

const SECONDS = 20

/** Sends a request exactly as it is written, over a connection of its own. Rejects when no answer comes within 20 s. */
export function sendOverWire({ port, front }: WireTarget, wire: WireRequest): Promise<WireAnswer> {
  const headers = [['host', HOST], ...(front?.(wire) ?? wire.headers)].flat() as string[]
  if (wire.body) headers.push('content-length', String(wire.body.byteLength))
  else if (wire.method !== 'GET' && wire.method !== 'HEAD') headers.push('content-length', '0')
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method: wire.method, path: wire.target, headers, agent: false }
    const sent = send(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const { 'set-cookie': cookies = [], ...rest } = response.headers
        const status = response.statusCode ?? 0
        resolve({ status, headers: rest as Record<string, string>, cookies, body: Buffer.concat(chunks) })
      })
    })
    sent.setTimeout(SECONDS * 1000, () => sent.destroy(new Error(`no answer within ${SECONDS} s`)))
    sent.once('error', reject)
    sent.end(wire.body)
  })
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  /** Method and path with query: `GET /v1/payments/pay_1`. */
  readonly line: string
  readonly body: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}
export interface Said {
  readonly status: number
  readonly body: string
}
export interface VendorServer extends AsyncDisposable {
  readonly origin: string
  readonly asked: readonly Asked[]
}

/** A vendor's API in this process: the driver talks to it over the wire. */
export async function vendorServer(say: (asked: Asked) => Said): Promise<VendorServer> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Uint8Array>)
    const came = {
      line: `${request.method} ${request.url}`,
      body: Buffer.concat(chunks).toString(),
      headers: request.headers,
    }
    asked.push(came)
    const { status, body } = say(came)
    response.writeHead(status).end(body)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

export const json = (status: number, body: unknown): Said => ({ status, body: JSON.stringify(body) })

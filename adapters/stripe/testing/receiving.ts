import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebhookDelivery } from '../../../core/ports/payments.ts'

export interface Receiving extends AsyncDisposable {
  readonly url: string
  readonly deliveries: readonly WebhookDelivery[]
}

/** An address that takes webhooks with exact bytes, and answers that all is well. */
export async function receiving(): Promise<Receiving> {
  const deliveries: WebhookDelivery[] = []
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Uint8Array>)
    deliveries.push({ body: Buffer.concat(chunks), headers: request.headers as Record<string, string> })
    response.writeHead(200).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    deliveries,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

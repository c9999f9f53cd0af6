import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Answer {
  readonly status: number
  readonly body: unknown
}
export interface Answering extends AsyncDisposable {
  readonly origin: string
  /** Method, path with query and form of every request that came. */
  readonly asked: readonly {
    readonly line: string
    readonly form: string
    readonly headers: IncomingMessage['headers']
  }[]
}

/** A server that says what it is told to, for answers that no working server gives. The SDK talks to it over the wire. */
export async function answering(say: (line: string) => Answer): Promise<Answering> {
  const asked: { line: string; form: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Uint8Array>)
    const line = `${request.method} ${decodeURIComponent(request.url ?? '')}`
    asked.push({ line, form: decodeURIComponent(Buffer.concat(chunks).toString()), headers: request.headers })
    const { status, body } = say(line)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
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

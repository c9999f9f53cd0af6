import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ServerCall {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}
export interface ServerAnswer {
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
}

/** A licence service on this machine. Each POST that came is kept; `undefined` as answer hangs up. */
export interface LicenseServer extends AsyncDisposable {
  readonly origin: string
  readonly calls: ServerCall[]
}

export async function openLicenseServer(
  answer: (call: ServerCall) => ServerAnswer | undefined | Promise<ServerAnswer | undefined>,
): Promise<LicenseServer> {
  const calls: ServerCall[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const call = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) }
    calls.push(call)
    const said = await answer(call)
    if (!said || request.method !== 'POST') return void response.destroy()
    response.writeHead(said.status, { 'content-type': said.type }).end(said.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, calls, [Symbol.asyncDispose]: close }
}

export const jsonAnswer = (status: number, value: unknown): ServerAnswer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})

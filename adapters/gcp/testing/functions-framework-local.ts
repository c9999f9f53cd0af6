import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GcpHttpHandler } from '../http.ts'

export interface LocalHandler extends AsyncDisposable {
  readonly origin: string
  readonly port: number
}

/** The handler on node:http in this process, without the framework: for what a test must see from the inside. */
export async function openLocalHandler(handler: GcpHttpHandler): Promise<LocalHandler> {
  const server = createServer((req, res) => void handler(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port, origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop }
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Tell } from './event-app.ts'

/** The run's ear for applications in other processes: see `tellOver`. */
export async function serveTeller(tell: Tell): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
    response.end(JSON.stringify(await tell(JSON.parse(Buffer.concat(chunks).toString()))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const dispose = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: dispose }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Behaviour,
  licenseServersContract,
  type OpenedLicenseServers,
  type SeenRequest,
} from '../../core/ports/license-servers.contract.ts'
import { openLicenseServers } from './license-servers.ts'

async function open(): Promise<OpenedLicenseServers & AsyncDisposable> {
  const seen: SeenRequest[] = []
  let now: { behaviour: Behaviour; onRequest?: (() => void) | undefined } = { behaviour: { does: 'nothing' } }
  const server = createServer(async (request, response) => {
    seen.push(await read(request))
    now.onRequest?.()
    act(response, now.behaviour)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const leave = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    licenseServers: openLicenseServers(),
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: (behaviour, onRequest) => {
      now = { behaviour, onRequest }
    },
    ...{ seen, leave, [Symbol.asyncDispose]: leave },
  }
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
  return { line: `${request.method} ${request.url}`, headers: request.headers, body }
}

function act(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour.does === 'nothing') return
  if (behaviour.does === 'answers') {
    response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body)
    return
  }
  const cut = () => void (behaviour.does === 'breaks off' && response.destroy())
  response.writeHead(200, { 'content-length': '100' }).write('half', cut)
}

licenseServersContract('license servers over fetch', open)

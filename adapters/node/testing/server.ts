import { connect } from 'node:net'
import type { HttpRequest } from '../../../core/http/request.ts'
import { ok } from '../../../core/http/response.ts'
import { type MemoryLog, memoryLog } from '../../local/testing/log.ts'
import { type ServeOptions, type Serving, serve } from '../http.ts'
import { openIds } from '../ids.ts'

export interface TestServer extends AsyncDisposable {
  readonly origin: string
  readonly server: Serving
  readonly log: MemoryLog
  /** Writes bytes as they are and gives what comes back until the server closes. */
  talk(bytes: string): Promise<string>
}

/** A handler on a real server on a free port. Without one, the request comes back as JSON. */
export async function openTestServer(options: Partial<ServeOptions> = {}): Promise<TestServer> {
  const log = memoryLog()
  const server = await serve({
    port: 0,
    ids: openIds(),
    log,
    handle: async (request) => ok(mirror(request)),
    ...options,
  })
  return {
    ...{ server, log, origin: `http://127.0.0.1:${server.port}` },
    talk: (bytes) => talk(server.port, bytes),
    [Symbol.asyncDispose]: () => server.stop(200),
  }
}

function mirror(request: HttpRequest) {
  const { method, path, headers, clientIp } = request
  const body = Buffer.from(request.body).toString('base64')
  return { method, path, headers, clientIp, body, query: [...request.query], cookies: { ...request.cookies } }
}

export function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    let answer = ''
    socket.on('data', (data) => (answer += data.toString('latin1')))
    socket.once('end', () => socket.end())
    socket.once('close', () => resolve(answer))
    socket.once('error', reject)
  })
}

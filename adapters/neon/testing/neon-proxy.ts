import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import pg from 'pg'
import { answerSql } from './neon-proxy-sql.ts'
import { acceptWebSocket } from './websocket.ts'

export interface NeonProxy extends AsyncDisposable {
  /** `host:port` for openNeonDatabase. */
  readonly endpoint: string
  /** What came in so far: HTTP requests and WebSockets. */
  readonly seen: { requests: number; sockets: number }
  /** Cuts every connection at work, as a proxy does that restarts. */
  cut(): void
  /** Lets the WebSockets of now stand open without a word more, as a network does that has forgotten them. */
  hush(): void
  close(): Promise<void>
}

/** Both of Neon's forms in front of a PostgreSQL server: WebSocket to TCP on /v1 and POST /sql, for all its databases. */
export async function openNeonProxy(options: { host: string; port: number }): Promise<NeonProxy> {
  const pools = new Map<string, pg.Pool>()
  const tunnels = new Set<Socket>()
  const seen = { requests: 0, sockets: 0 }
  const server = createServer((req, res) => {
    seen.requests += 1
    void answer({ req, res, poolFor: (url) => poolOf(pools, url, options) })
  })
  server.on('upgrade', (request, stream) => {
    seen.sockets += 1
    const tcp = connect(options.port, options.host)
    tunnels.add(tcp)
    const socket = acceptWebSocket(request, stream, {
      bytes: (bytes) => void tcp.write(bytes),
      end: () => tcp.destroy(),
    })
    tcp.on('data', (bytes) => socket.send(bytes))
    tcp.on('error', () => tcp.destroy())
    tcp.once('close', () => {
      tunnels.delete(tcp)
      socket.close()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const tunnel of tunnels) tunnel.destroy()
    server.closeAllConnections()
  }
  const hush = () => {
    for (const tunnel of tunnels) tunnel.pause()
  }
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    cut()
    await closed
    await Promise.all([...pools.values()].map((pool) => pool.end()))
  }
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { endpoint, seen, cut, hush, close, [Symbol.asyncDispose]: close }
}

function poolOf(
  pools: Map<string, pg.Pool>,
  url: string,
  { host, port }: { host: string; port: number },
): pg.Pool {
  const known = pools.get(url)
  if (known) return known
  const there = new URL(url)
  there.host = `${host}:${port}`
  const pool = new pg.Pool({ connectionString: there.href, max: 8, idleTimeoutMillis: 1000 })
  // A database is dropped with its connections.
  pool.on('error', () => undefined)
  pools.set(url, pool)
  return pool
}

interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly poolFor: (url: string) => pg.Pool
}

async function answer(exchange: Exchange): Promise<void> {
  const { req, res } = exchange
  const url = req.headers['neon-connection-string']
  if (req.method !== 'POST' || req.url !== '/sql' || typeof url !== 'string')
    return reply(res, 400, { message: 'POST /sql with the header Neon-Connection-String' })
  try {
    await run(exchange, exchange.poolFor(url))
  } catch (error) {
    reply(res, 400, { message: `Control plane request failed: ${String(error)}` })
  }
}

async function run({ req, res }: Exchange, pool: pg.Pool): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  const client = await pool.connect()
  const cancel = () => {
    if (!res.writableFinished) void pool.query('select pg_cancel_backend($1)', [backendOf(client)])
  }
  res.once('close', cancel)
  try {
    const { status, body } = await answerSql(client, Buffer.concat(chunks).toString(), req.headers)
    reply(res, status, body)
  } finally {
    res.off('close', cancel)
    client.release()
  }
}

const backendOf = (client: pg.PoolClient) => (client as unknown as { processID: number }).processID

function reply(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

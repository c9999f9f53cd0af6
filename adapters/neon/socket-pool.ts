import { Client, Pool, type PoolClient } from '@neondatabase/serverless'
import type { NeonOptions } from './database.ts'
import { withEndpoint } from './endpoint.ts'

/** A socket that nobody used for so long is closed; after a freeze it may be dead without knowing. */
export const IDLE_MS = 10_000
const CONNECT_MS = 10_000

/** A pool of WebSockets. It connects when one is taken. */
export function openPool(url: string, options: NeonOptions): Pool {
  const pool = new Pool({
    connectionString: withEndpoint(url, options.endpoint),
    max: options.connections ?? 8,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    // The server ends a statement sooner; this is for a socket from which nothing comes any more.
    query_timeout: statementMs(options) + 5000,
    application_name: 'skyreel',
  })
  if (options.endpoint !== undefined) pool.Client = plainClient(options.endpoint)
  // A socket at work tells its loss to the statement; without a listener it would end the process as well.
  pool.on('connect', (client: PoolClient) => client.on('error', () => undefined))
  pool.on('error', (lost: unknown) =>
    options.log?.warn('an idle database connection was lost', { error: asError(lost) }),
  )
  return pool
}

/** How long a statement may take, in milliseconds. */
export const statementMs = ({ statementSeconds }: NeonOptions) => Math.round((statementSeconds ?? 30) * 1000)

function plainClient(endpoint: string): typeof Client {
  return class extends Client {
    constructor(config?: ConstructorParameters<typeof Client>[0]) {
      super(config)
      const { neonConfig } = this
      neonConfig.wsProxy = () => `${endpoint}/v1`
      neonConfig.useSecureWebSocket = false
      neonConfig.pipelineConnect = false
    }
  }
}

/** The driver rejects with the WebSocket's event where the connection fails: it has no stack, and logs as nothing. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  const { message, error } = (
    typeof thrown === 'object' && thrown !== null ? thrown : {}
  ) as Partial<ErrorEvent>
  return new Error(`the connection to the database failed: ${message ?? String(thrown)}`, { cause: error })
}
interface ErrorEvent {
  readonly message: unknown
  readonly error: unknown
}

import { setTimeout as sleep } from 'node:timers/promises'
import { type CustomTypesConfig, type HTTPQueryOptions, neon, types } from '@neondatabase/serverless'
import type { NeonOptions } from './database.ts'
import { withEndpoint } from './endpoint.ts'

type QueryOptions = HTTPQueryOptions<boolean, boolean>

export interface NeonStatements {
  query(text: string, values: unknown[], options?: QueryOptions): Promise<unknown>
}

const ATTEMPTS = 4
const FIRST_PAUSE_MS = 50

/**
 * Single statements over HTTP. One that cannot have reached the server is sent again, four times in 1.1 s; so is a plain
 * `select` whose connection broke, as those of a function do that was frozen. A write whose connection broke may have
 * been done: its error is the caller's.
 */
export function openNeonStatements(url: string, options: NeonOptions): NeonStatements {
  const send = neon(withEndpoint(url, options.endpoint))
  const milliseconds = (options.statementSeconds ?? 30) * 1000
  const once = (text: string, values: unknown[], more: QueryOptions) =>
    // Neon cancels a statement whose client has left.
    send.query(text, values, {
      ...more,
      types: RAW_TIMES,
      fetchOptions: { signal: AbortSignal.timeout(milliseconds) },
    })
  return {
    async query(text, values, more = {}) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(text, values, more)
        } catch (error) {
          if (attempt === ATTEMPTS || !maySendAgain(text, error)) throw withCause(error)
          options.log?.warn('a statement is sent again: the database was not reached', { attempt, error })
          await sleep(FIRST_PAUSE_MS * 4 ** (attempt - 1))
        }
      }
    },
  }
}

/** drizzle reads these itself, as the text that PostgreSQL writes: dates, times and intervals, single and in arrays. */
const RAW = new Set([1082, 1114, 1184, 1186, 1115, 1182, 1185, 1187, 1231])
const RAW_TIMES: CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text') =>
    RAW.has(id)
      ? (text: string) => text
      : types.getTypeParser(id, format)) as CustomTypesConfig['getTypeParser'],
}

const NOT_REACHED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/
const BROKEN = /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/

/** A `select` that calls a function with effects would have them twice: such a one belongs into a transaction. */
function maySendAgain(text: string, error: unknown): boolean {
  const code = causesOf(error).find((found) => NOT_REACHED.test(found) || BROKEN.test(found))
  return code !== undefined && (NOT_REACHED.test(code) || /^\s*select\b/i.test(text))
}

interface Chained {
  readonly code?: unknown
  readonly cause?: unknown
  readonly sourceError?: unknown
}

/** The codes of an error and of what caused it; Neon's driver keeps fetch's error under a name of its own. */
function causesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 5) return []
  const { code, cause, sourceError } = error as Chained
  return [...(typeof code === 'string' ? [code] : []), ...causesOf(cause ?? sourceError, depth + 1)]
}

function withCause(error: unknown): unknown {
  if (error instanceof Error && error.cause === undefined) error.cause = (error as Chained).sourceError
  return error
}

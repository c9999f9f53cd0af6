import type { IncomingHttpHeaders } from 'node:http'
import type pg from 'pg'

interface Statement {
  readonly query: string
  readonly params?: unknown[]
}
type Body = Statement | { readonly queries: readonly Statement[] }

export interface SqlAnswer {
  readonly status: number
  readonly body: unknown
}

const ISOLATION: Readonly<Record<string, string>> = {
  ReadUncommitted: 'read uncommitted',
  ReadCommitted: 'read committed',
  RepeatableRead: 'repeatable read',
  Serializable: 'serializable',
}

/** Values come and go as PostgreSQL's text: Neon parses none. */
const TEXT_ONLY = { getTypeParser: () => (value: unknown) => value }

/** What Neon's proxy makes of POST /sql: https://neon.com/docs/serverless/serverless-driver */
export async function answerSql(
  client: pg.PoolClient,
  text: string,
  headers: IncomingHttpHeaders,
): Promise<SqlAnswer> {
  const asArray = headers['neon-array-mode'] === 'true'
  try {
    const body = JSON.parse(text) as Body
    const answer =
      'queries' in body ? await batch(client, body.queries, headers) : await one(client, body, asArray)
    return { status: 200, body: answer }
  } catch (error) {
    return { status: 400, body: errorBody(error) }
  }
}

async function batch(client: pg.PoolClient, queries: readonly Statement[], headers: IncomingHttpHeaders) {
  const level = ISOLATION[String(headers['neon-batch-isolation-level'])]
  const how = [
    level === undefined ? '' : `isolation level ${level}`,
    headers['neon-batch-read-only'] === 'true' ? 'read only' : '',
    headers['neon-batch-deferrable'] === 'true' ? 'deferrable' : '',
  ]
  await client.query(`begin ${how.join(' ')}`)
  try {
    const results: unknown[] = []
    for (const query of queries) results.push(await one(client, query, headers['neon-array-mode'] === 'true'))
    await client.query('commit')
    return { results }
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function one(client: pg.PoolClient, { query, params }: Statement, asArray: boolean) {
  const asked: pg.QueryArrayConfig & { queryMode: 'extended' } = {
    text: query,
    values: params ?? [],
    rowMode: 'array',
    types: TEXT_ONLY as unknown as pg.CustomTypesConfig,
    // Several statements in one text are an error there.
    queryMode: 'extended',
  }
  const { command, rowCount, fields, rows } = await client.query<unknown[]>(asked)
  const named = (row: unknown[]) => Object.fromEntries(fields.map((field, i) => [field.name, row[i]]))
  return { command, rowCount, rowAsArray: asArray, fields, rows: asArray ? rows : rows.map(named) }
}

const TOLD = [
  ...[
    'message',
    'code',
    'detail',
    'hint',
    'position',
    'internalPosition',
    'internalQuery',
    'severity',
    'where',
  ],
  ...['table', 'column', 'schema', 'dataType', 'constraint', 'file', 'line', 'routine'],
] as const

const errorBody = (error: unknown) => {
  const given = error as Readonly<Record<string, unknown>>
  return Object.fromEntries(TOLD.map((name) => [name, given[name] ?? null]))
}

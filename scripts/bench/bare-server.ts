// What the API is compared with: node:http, one prepared statement through pg, JSON.stringify. No checks, no accounts.
import { createServer } from 'node:http'
import pg from 'pg'

const { DATABASE_URL, PORT, OWNER } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 16 })

/** The same statement that the API sends (core/video/store.ts), so that the database has the same work. */
const SQL = `select "id", "owner_id", "title", "description", "visibility", "status", "progress", "generation", "failure",
  "warnings", "duration_seconds", "width", "height", "poster", "revision", "created_at", "updated_at"
  from "videos" where ("videos"."owner_id" = $1 and "videos"."deleted_at" is null and "videos"."id" < $2)
  order by "videos"."id" desc limit $3`
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

async function list(limit: number): Promise<string> {
  const { rows } = await pool.query({ name: 'videos', text: SQL, values: [OWNER, LAST, limit + 1] })
  return JSON.stringify({ items: rows.slice(0, limit).map(show), nextCursor: rows.at(limit - 1)?.id })
}

// biome-ignore lint/suspicious/noExplicitAny: a row as pg gives it; types are part of what this server does without
const show = (row: any) => ({
  ...{
    id: row.id,
    title: row.title,
    description: row.description,
    visibility: row.visibility,
    status: row.status,
  },
  ...{ warnings: row.warnings, mine: true, createdAt: row.created_at, updatedAt: row.updated_at },
  ...{ progress: row.progress, durationSeconds: row.duration_seconds, width: row.width, height: row.height },
  ...(row.poster === null ? {} : { posterUrl: `/media/${row.id}/${row.poster}` }),
})

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://bare')
  const found = url.pathname === '/v1/videos'
  const body = found
    ? await list(Number(url.searchParams.get('limit')))
    : '{"status":404,"title":"Not found"}'
  response.writeHead(found ? 200 : 404, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
})
server.listen(Number(PORT), '127.0.0.1')
process.on('SIGINT', () => process.exit(0))

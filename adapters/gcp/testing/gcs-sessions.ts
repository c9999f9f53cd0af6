import { type GcsObject, type GcsStore, newName, type Session } from './gcs-store.ts'
import type { Received, Reply } from './server.ts'

const CHUNK_UNIT = 256 * 1024

/** What a request to a session's URL comes to. */
export type SessionOutcome =
  | { readonly is: 'made'; readonly object: GcsObject }
  | { readonly is: 'incomplete'; readonly reply: Reply }
  | { readonly is: 'refused'; readonly status: number; readonly because: string }

export function startSession(store: GcsStore, session: Omit<Session, 'chunks'>): string {
  const id = newName()
  store.sessions.set(id, { ...session, chunks: [] })
  return id
}

/** PUT of a chunk or of all, a question how far it came, DELETE. https://cloud.google.com/storage/docs/performing-resumable-uploads */
export async function continueSession(
  store: GcsStore,
  id: string,
  request: Received,
): Promise<SessionOutcome> {
  const session = store.sessions.get(id)
  if (!session) return { is: 'refused', status: 404, because: 'there is no such upload session' }
  if (request.method === 'DELETE') {
    store.sessions.delete(id)
    return { is: 'refused', status: 499, because: 'the upload session is cancelled' }
  }
  if (request.method !== 'PUT')
    return { is: 'refused', status: 405, because: 'a session takes PUT and DELETE' }
  const stored = storedIn(session)
  const range = readRange(request, stored)
  if (!range) return { is: 'refused', status: 400, because: 'the Content-Range cannot be read' }
  if (range.question) return incomplete(session)
  if (range.start !== stored) return { is: 'refused', status: 503, because: `${stored} bytes are stored` }
  return takeChunk(store, { id, session }, { ...range, body: request.body })
}

interface Range {
  readonly start: number
  /** Of the whole object, where the client knows it by now. */
  readonly total: number | undefined
  readonly question: boolean
}

function readRange({ headers, body }: Received, stored: number): Range | undefined {
  const header = headers['content-range']
  if (header === undefined) return { start: stored, total: stored + body.length, question: false }
  const [, whole, start, end, total] = /^bytes (?:(\*)|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header) ?? []
  if (total === undefined) return undefined
  if (whole !== undefined)
    return {
      start: stored,
      total: total === '*' ? undefined : Number(total),
      question: Number(total) !== stored,
    }
  if (end !== '*' && Number(end) - Number(start) + 1 !== body.length) return undefined
  const known = total !== '*' ? Number(total) : end === '*' ? Number(start) + body.length : undefined
  return { start: Number(start), total: known, question: false }
}

async function takeChunk(
  store: GcsStore,
  { id, session }: { id: string; session: Session },
  { total, body }: Range & { body: Buffer },
): Promise<SessionOutcome> {
  const size = storedIn(session) + body.length
  if (total !== size && body.length % CHUNK_UNIT !== 0)
    return { is: 'refused', status: 400, because: 'a chunk that is not the last has no multiple of 256 KiB' }
  if (size > session.sizes.max) return { is: 'refused', status: 400, because: 'EntityTooLarge' }
  session.chunks.push(body)
  if (total !== size) return incomplete(session)
  if (size < session.sizes.min) return { is: 'refused', status: 400, because: 'EntityTooSmall' }
  const bucket = store.buckets.get(session.bucket)
  if (!bucket) return { is: 'refused', status: 404, because: 'the bucket is gone' }
  store.sessions.delete(id)
  return { is: 'made', object: await store.write(bucket, session.description, Buffer.concat(session.chunks)) }
}

const storedIn = (session: Session) => session.chunks.reduce((sum, chunk) => sum + chunk.length, 0)

function incomplete(session: Session): SessionOutcome {
  const stored = storedIn(session)
  const headers = { 'content-length': '0', ...(stored > 0 ? { range: `bytes=0-${stored - 1}` } : {}) }
  return { is: 'incomplete', reply: { status: 308, headers } }
}

import { and, eq, ne } from 'drizzle-orm'
import { conflict, invalid, notFound } from '../http/problem.ts'
import { can } from '../identity/can.ts'
import type { Uses } from '../ports/ports.ts'
import { type Part, PartsRefused } from '../ports/storage.ts'
import type { Actor } from '../run/actor.ts'
import { isId } from '../run/id.ts'
import { uploads } from './schema.ts'
import { partCount, partSize } from './start-upload.ts'
import { findUpload, type UploadRow } from './upload-store.ts'
import type { SignedPart, Upload } from './wire.ts'

type Needs = Uses<'db' | 'storage' | 'clock' | 'config'>
type Named = Pick<Part, 'number' | 'etag'>

/** How many parts one answer signs. */
const SIGNED_AT_ONCE = 100

/** The actor's own upload; 404 for any other. */
export async function uploadFor(uses: Uses<'db'>, actor: Actor, id: string | undefined): Promise<UploadRow> {
  const row = id !== undefined && isId('upl', id) ? await findUpload(uses.db, id) : undefined
  if (!row || !can(actor, 'upload:use', row)) throw notFound('upload')
  return row
}

/** The upload as the API shows it: what the store holds, and signed requests for what it lacks. */
export async function showUpload(uses: Needs, row: UploadRow): Promise<Upload> {
  const { id, videoId, name, state, partBytes } = row
  const storedParts =
    state === 'open' ? ((await uses.storage.listParts('uploads', row.objectKey, row.storeUpload)) ?? []) : []
  const parts =
    state === 'open'
      ? await signParts(uses, row, missingParts(row, storedParts).slice(0, SIGNED_AT_ONCE))
      : []
  const facts = { id, videoId, name, size: row.sizeBytes, state, partBytes, partCount: partCount(row) }
  return { ...facts, storedParts, parts, expiresAt: row.expiresAt.toISOString() }
}

function missingParts(row: UploadRow, stored: readonly Part[]): number[] {
  const there = new Set(stored.map((part) => part.number))
  return Array.from({ length: partCount(row) }, (_, i) => i + 1).filter((number) => !there.has(number))
}

/** Signs the requests for these parts anew. 422 for numbers that the upload does not have, 409 when it is over. */
export async function signParts(
  uses: Needs,
  row: UploadRow,
  numbers: readonly number[],
): Promise<SignedPart[]> {
  mustBeOpen(row)
  const beyond = numbers.findIndex((number) => number > partCount(row))
  if (beyond >= 0)
    throw invalid([
      { field: `body.numbers.${beyond}`, rule: 'range', message: `the upload has ${partCount(row)} parts` },
    ])
  const expiresAt = new Date(uses.clock.now().getTime() + uses.config.uploadUrlSeconds * 1000)
  return Promise.all(
    numbers.map((number) => signPart(uses, row, { number, sizeBytes: partSize(row, number), expiresAt })),
  )
}

async function signPart(
  { storage }: Needs,
  row: UploadRow,
  part: { number: number; sizeBytes: number; expiresAt: Date },
): Promise<SignedPart> {
  const signed = await storage.signPart('uploads', row.objectKey, row.storeUpload, part)
  const { url, headers, etag } = signed
  const { number, sizeBytes } = part
  return { number, method: 'PUT', url, headers: { ...headers }, sizeBytes, ...(etag ? { etag } : {}) }
}

/**
 * Joins the parts to the film. The store then tells of the new object, and that starts the work. Completing again gives
 * the same answer; parts that are missing, in wrong order or not what the store has are a 422 and change nothing.
 */
export async function completeUpload(
  uses: Needs,
  row: UploadRow,
  parts: readonly Named[],
): Promise<UploadRow> {
  if (row.state === 'completed') return row
  mustBeOpen(row)
  checkParts(row, parts)
  try {
    await uses.storage.completeParts('uploads', row.objectKey, row.storeUpload, parts)
  } catch (error) {
    if (error instanceof PartsRefused)
      throw invalid([{ field: 'body.parts', rule: 'stored', message: error.message }])
    throw error
  }
  return markCompleted(uses, row)
}

/** A cancellation that came in between wins: the object is then removed when the store tells of it. */
async function markCompleted({ db }: Needs, row: UploadRow): Promise<UploadRow> {
  const standing = and(eq(uploads.id, row.id), ne(uploads.state, 'aborted'))
  const marked = await db.update(uploads).set({ state: 'completed' }).where(standing).returning()
  if (!marked[0]) throw aborted()
  return marked[0]
}

function checkParts(row: UploadRow, parts: readonly Named[]): void {
  const wrong = parts.findIndex((part, i) => part.number !== i + 1)
  if (wrong >= 0)
    throw invalid([
      {
        field: `body.parts.${wrong}.number`,
        rule: 'order',
        message: `parts must be listed from 1 upwards without a gap: ${wrong + 1} belongs here`,
      },
    ])
  if (parts.length !== partCount(row))
    throw invalid([
      {
        field: 'body.parts',
        rule: 'count',
        message: `the declared size of ${row.sizeBytes} bytes makes ${partCount(row)} parts, not ${parts.length}`,
      },
    ])
}

function mustBeOpen(row: UploadRow): void {
  if (row.state === 'aborted') throw aborted()
  if (row.state === 'completed') throw conflict('upload-completed', 'The upload is complete.')
}

const aborted = () =>
  conflict('upload-aborted', 'The upload was cancelled or its time is over. Start a new one.')

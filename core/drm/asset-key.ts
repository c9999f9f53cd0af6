import { eq } from 'drizzle-orm'
import type { Clock } from '../ports/clock.ts'
import type { Transaction } from '../ports/database.ts'
import type { KeyVault, WrappedKey } from '../ports/key-vault.ts'
import type { Uses } from '../ports/ports.ts'
import type { VideoId } from '../run/id.ts'
import { videos } from '../video/schema.ts'
import { assetKeys } from './schema.ts'

/** The film is deleted, and its keys with it. None are made again. */
export class KeysShredded extends Error {
  override readonly name = 'KeysShredded'
}

/**
 * The wrapped key of the asset, made where there is none. Its row is held until the transaction ends, and the video's before
 * it, as deletion does: a film that is deleted meanwhile gets no keys. Throws `KeysShredded` for one that is.
 */
export async function lockAssetKey(
  tx: Transaction,
  uses: Uses<'keyVault' | 'ids' | 'clock'>,
  videoId: VideoId,
): Promise<WrappedKey> {
  const ofVideo = tx.select({ deletedAt: videos.deletedAt }).from(videos).where(eq(videos.id, videoId))
  const [video] = await ofVideo.for('no key update')
  // Some minutes behind a deletion the row itself is gone.
  if (!video || video.deletedAt) throw shredded(videoId)
  const found = (await heldRow(tx, videoId)) ?? (await madeRow(tx, uses, videoId))
  // Whoever made it in between has committed it by now.
  const row = found ?? (await heldRow(tx, videoId))
  if (!row || row.text === null) throw shredded(videoId)
  return { version: row.version, text: row.text }
}

const shredded = (videoId: VideoId) => new KeysShredded(`${videoId} is deleted: it has no keys`)
const COLUMNS = { version: assetKeys.version, text: assetKeys.wrapped }

async function heldRow(tx: Transaction, videoId: VideoId) {
  const rows = await tx.select(COLUMNS).from(assetKeys).where(eq(assetKeys.videoId, videoId)).for('update')
  return rows[0]
}

async function madeRow(
  tx: Transaction,
  { keyVault, ids, clock }: Uses<'keyVault' | 'ids' | 'clock'>,
  videoId: VideoId,
) {
  const assetKey = Buffer.from(ids.secret(32), 'base64url')
  // Rows are held meanwhile.
  const { version, text } = await inTime(clock, keyVault.wrap(assetKey, videoId))
  const now = clock.now()
  const row = { videoId, version, wrapped: text, createdAt: now, wrappedAt: now }
  const made = await tx.insert(assetKeys).values(row).onConflictDoNothing().returning(COLUMNS)
  return made[0]
}

/** The key service that is switched off stops licences so soon. */
const KEPT_MS = 60_000
/** Of 32 bytes each. */
const KEPT_AT_MOST = 500

interface Kept {
  readonly until: number
  readonly key: Promise<Uint8Array>
}

/** By port and not by module: two columns in one process share no keys. */
const memories = new WeakMap<KeyVault, Map<string, Kept>>()

/**
 * The asset's key, unwrapped. Kept for a minute by its wrapped text, which the caller has just read from the row: what was
 * shredded or wrapped anew is not found here, and a licence costs no call of the key service.
 */
export function unwrapAssetKey(
  { keyVault, clock }: Uses<'keyVault' | 'clock'>,
  videoId: VideoId,
  wrapped: WrappedKey,
): Promise<Uint8Array> {
  const memory = memoryOf(keyVault)
  const [name, now] = [`${videoId} ${wrapped.version} ${wrapped.text}`, clock.now().getTime()]
  const held = memory.get(name)
  if (held && now < held.until) return held.key
  const kept = { until: now + KEPT_MS, key: inTime(clock, keyVault.unwrap(wrapped, videoId)) }
  keep(memory, name, kept)
  // A failure is not kept: the next licence asks again. The caller still sees this one.
  kept.key.catch(() => memory.get(name) === kept && memory.delete(name))
  return kept.key
}

/** Longer than a key service takes, shorter than a player waits for its licence. */
const ANSWER_MS = 3000

async function inTime<T>(clock: Clock, answer: Promise<T>): Promise<T> {
  const done = new AbortController()
  const late = clock.sleep(ANSWER_MS, done.signal).then(() => {
    throw new Error('the key service has not answered in time')
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    done.abort()
  }
}

function memoryOf(keyVault: KeyVault): Map<string, Kept> {
  const memory = memories.get(keyVault) ?? new Map<string, Kept>()
  memories.set(keyVault, memory)
  return memory
}

function keep(memory: Map<string, Kept>, name: string, kept: Kept): void {
  memory.delete(name)
  memory.set(name, kept)
  const oldest = memory.keys().next()
  if (memory.size > KEPT_AT_MOST && !oldest.done) memory.delete(oldest.value)
}

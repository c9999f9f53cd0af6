import { and, eq, isNotNull } from 'drizzle-orm'
import type { Db, Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { KeyLabel, Protection } from '../protection/model.ts'
import type { VideoId } from '../run/id.ts'
import { lockAssetKey, unwrapAssetKey } from './asset-key.ts'
import {
  type EditionOf,
  type SealedKey,
  sealedById,
  sealedOfEdition,
  sealedOfFilm,
  wrappedAssetKey,
} from './content-key-rows.ts'
import { assetKeys, contentKeys } from './schema.ts'
import { seal, unseal } from './sealed.ts'

/** A key that tracks of one label are encrypted with, in the open: never logged, never stored so. */
export interface ContentKey {
  /** The KID, 32 hex digits. */
  readonly keyId: string
  readonly label: KeyLabel
  readonly protection: Protection
  /** 16 bytes. */
  readonly key: Uint8Array
  /** 16 bytes: constant IV of `cbcs`. */
  readonly iv: Uint8Array
}

/** What is known of a key without its bytes. */
export interface KeyFacts {
  readonly keyId: string
  readonly label: KeyLabel
  readonly protection: Protection
  readonly generation: number
  readonly edition: number
}

/** Keys of one encryption of a film that should be there. */
export interface WantedKeys extends EditionOf {
  readonly protection: Exclude<Protection, 'clear'>
  readonly labels: readonly KeyLabel[]
}

/**
 * Makes the keys that are not there yet. One that is there stays as it is, so repeating it is safe, and of several at once all
 * end with the same keys. Throws `KeysShredded` for a film that is deleted.
 */
export async function makeContentKeys(
  tx: Transaction,
  uses: Uses<'keyVault' | 'ids' | 'clock'>,
  wanted: WantedKeys,
): Promise<void> {
  const assetKey = await unwrapAssetKey(uses, wanted.videoId, await lockAssetKey(tx, uses, wanted.videoId))
  const there = new Set((await sealedOfEdition(tx, wanted)).map(({ label }) => label))
  const missing = wanted.labels.filter((label) => !there.has(label))
  if (missing.length === 0) return
  await tx.insert(contentKeys).values(missing.map((label) => newKey(uses, assetKey, { ...wanted, label })))
}

function newKey(
  { ids, clock }: Uses<'ids' | 'clock'>,
  assetKey: Uint8Array,
  { videoId, generation, edition, protection, label }: Omit<WantedKeys, 'labels'> & { label: KeyLabel },
) {
  const keyId = hexOf(ids.uuid())
  const random = (bytes: number) => Buffer.from(ids.secret(bytes), 'base64url')
  return {
    ...{ keyId, videoId, generation, edition, protection, label },
    wrapped: seal({ key: assetKey, boundTo: boundTo(keyId, videoId) }, random(16), random(12)),
    iv: random(16).toString('hex'),
    createdAt: clock.now(),
  }
}

type Needs = Uses<'db' | 'keyVault' | 'clock'>

/** Keys of one encryption of a film by their labels. Empty where none were made, and once they are shredded. */
export async function contentKeysOf(uses: Needs, at: EditionOf): Promise<ReadonlyMap<KeyLabel, ContentKey>> {
  const keys = await opened(uses, at.videoId, await sealedOfEdition(uses.db, at))
  return new Map(keys.map((key) => [key.label, key]))
}

/** Those of the ids (32 hex digits) that are keys of this film; what belongs to another film, or to none, is left out. */
export async function contentKeysById(
  uses: Needs,
  videoId: VideoId,
  keyIds: readonly string[],
): Promise<readonly ContentKey[]> {
  return opened(uses, videoId, await sealedById(uses.db, videoId, keyIds))
}

/** Which keys a film has, of all its editions. Asks the database alone. Empty once they are shredded. */
export async function keyFactsOf(db: Db, videoId: VideoId): Promise<readonly KeyFacts[]> {
  const rows = await sealedOfFilm(db, videoId)
  return rows.map(({ keyId, label, protection, generation, edition }) => ({
    ...{ keyId: hexOf(keyId), label, protection, generation, edition },
  }))
}

/**
 * Crypto-shredding: takes away what the film's keys could be opened with, so that copies of its tracks, and of its content keys,
 * stay closed for good. The rows stay as the receipt. Repeating it changes nothing.
 */
export async function shredKeys(tx: Transaction, { clock }: Uses<'clock'>, videoId: VideoId): Promise<void> {
  const shredded = await tx
    .update(assetKeys)
    .set({ wrapped: null, shreddedAt: clock.now() })
    .where(and(eq(assetKeys.videoId, videoId), isNotNull(assetKeys.wrapped)))
    .returning({ videoId: assetKeys.videoId })
  if (shredded.length === 0) return
  await tx.update(contentKeys).set({ wrapped: '' }).where(eq(contentKeys.videoId, videoId))
}

async function opened(uses: Needs, videoId: VideoId, rows: readonly SealedKey[]): Promise<ContentKey[]> {
  const wrapped = rows[0] && wrappedAssetKey(rows[0])
  if (!wrapped) return []
  const assetKey = await unwrapAssetKey(uses, videoId, wrapped)
  return rows.map((row) => open(assetKey, videoId, row))
}

function open(assetKey: Uint8Array, videoId: VideoId, row: SealedKey): ContentKey {
  const keyId = hexOf(row.keyId)
  const key = unseal({ key: assetKey, boundTo: boundTo(keyId, videoId) }, row.wrapped)
  if (!key) throw new Error(`the content key ${keyId} was changed where it is stored`)
  const { label, protection, iv } = row
  return { keyId, label, protection, key, iv: new Uint8Array(Buffer.from(iv, 'hex')) }
}

const hexOf = (uuid: string): string => uuid.replaceAll('-', '').toLowerCase()
/** What a content key is sealed to: it opens under no other id, and for no other film. */
export const boundTo = (keyId: string, videoId: VideoId): string => `${hexOf(keyId)} ${videoId}`

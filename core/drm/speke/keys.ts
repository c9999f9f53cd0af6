import { inArray } from 'drizzle-orm'
import type { Transaction } from '../../ports/database.ts'
import type { Uses } from '../../ports/ports.ts'
import { KEY_LABELS, type KeyLabel, type Protection } from '../../protection/model.ts'
import type { VideoId } from '../../run/id.ts'
import { lockAssetKey, unwrapAssetKey } from '../asset-key.ts'
import { boundTo } from '../content-keys.ts'
import { contentKeys } from '../schema.ts'
import { seal } from '../sealed.ts'

/** Of keys that a packager which is not ours encrypts with. */
const FOREIGN_EDITION = -1

/** A key whose id is the packager's choice. */
export interface AdoptedKey {
  readonly keyId: string
  readonly label: KeyLabel
  readonly protection: Exclude<Protection, 'clear'>
  /** Where the packager brings its own. */
  readonly iv?: Uint8Array
}

/** One of the ids is of another film's key, of one of our own encryptions, or of another scheme. Nothing was made. */
export class KeyIdTaken extends Error {
  override readonly name = 'KeyIdTaken'
}

/** A key is to encrypt better tracks than it was made for: whoever has it for those would have these, too. */
export class KeyForBetter extends Error {
  override readonly name = 'KeyForBetter'
}

/**
 * Makes keys under the ids that a packager has chosen, of the film and for no edition of ours. One that is there stays, so the
 * same request again gives the same keys. Throws `KeyIdTaken`, `KeyForBetter`, and `KeysShredded` for a film that is deleted.
 */
export async function adoptContentKeys(
  tx: Transaction,
  uses: Uses<'keyVault' | 'ids' | 'clock'>,
  { videoId, generation, keys }: { videoId: VideoId; generation: number; keys: readonly AdoptedKey[] },
): Promise<void> {
  const assetKey = await unwrapAssetKey(uses, videoId, await lockAssetKey(tx, uses, videoId))
  const random = (bytes: number) => Buffer.from(uses.ids.secret(bytes), 'base64url')
  const rows = keys.map(({ keyId, label, protection, iv }) => ({
    ...{ keyId, videoId, generation, edition: FOREIGN_EDITION, label, protection },
    wrapped: seal({ key: assetKey, boundTo: boundTo(keyId, videoId) }, random(16), random(12)),
    iv: Buffer.from(iv ?? random(16)).toString('hex'),
    createdAt: uses.clock.now(),
  }))
  await tx.insert(contentKeys).values(rows).onConflictDoNothing()
  await checkOurs(tx, videoId, keys)
}

/** Read behind the insertion: of two requests for one id at once the later sees whose it became. */
async function checkOurs(tx: Transaction, videoId: VideoId, keys: readonly AdoptedKey[]): Promise<void> {
  const wanted = new Map(keys.map((key) => [key.keyId, key]))
  const rows = await tx
    .select()
    .from(contentKeys)
    .where(inArray(contentKeys.keyId, [...wanted.keys()]))
  const ours = rows.filter((row) => row.videoId === videoId && row.edition === FOREIGN_EDITION)
  const pairs = ours.map((row) => ({ row, key: wanted.get(row.keyId.replaceAll('-', '')) }))
  if (ours.length < keys.length || pairs.some(({ row, key }) => row.protection !== key?.protection))
    throw new KeyIdTaken('a key id of the request is taken')
  if (pairs.some(({ row, key }) => key && rank(key.label) > rank(row.label)))
    throw new KeyForBetter('a key of the request would open better tracks than it was made for')
}

const rank = (label: KeyLabel): number => KEY_LABELS.indexOf(label)

import { and, eq, inArray, isNotNull, type SQL } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { WrappedKey } from '../ports/key-vault.ts'
import type { VideoId } from '../run/id.ts'
import { assetKeys, contentKeys } from './schema.ts'

/** One encryption of a film. `edition` -1: made for a packager that is not ours (SPEKE). */
export interface EditionOf {
  readonly videoId: VideoId
  readonly generation: number
  readonly edition: number
}

export type SealedKey = Awaited<ReturnType<typeof read>>[number]

/** What is stored of the keys of one edition, with the wrapped key of the asset. Nothing once the asset's key is gone. */
export const sealedOfEdition = (db: Db, { videoId, generation, edition }: EditionOf) =>
  read(db, videoId, and(eq(contentKeys.generation, generation), eq(contentKeys.edition, edition)))

/** The same of these ids: 32 hex digits each. Other text is the id of no key. */
export async function sealedById(db: Db, videoId: VideoId, keyIds: readonly string[]): Promise<SealedKey[]> {
  const asked = keyIds.map((id) => id.toLowerCase()).filter((id) => /^[0-9a-f]{32}$/.test(id))
  return asked.length === 0 ? [] : read(db, videoId, inArray(contentKeys.keyId, asked))
}

export const sealedOfFilm = (db: Db, videoId: VideoId) => read(db, videoId, undefined)

/** The asset's wrapped key is read with each key: where it is null the keys are gone, whoever remembers it unwrapped. */
function read(db: Db, videoId: VideoId, which: SQL | undefined) {
  const { keyId, label, protection, generation, edition, wrapped, iv } = contentKeys
  const asset = { version: assetKeys.version, text: assetKeys.wrapped }
  return db
    .select({ ...{ keyId, label, protection, generation, edition, wrapped, iv }, asset })
    .from(contentKeys)
    .innerJoin(assetKeys, eq(assetKeys.videoId, contentKeys.videoId))
    .where(and(eq(contentKeys.videoId, videoId), isNotNull(assetKeys.wrapped), which))
}

export function wrappedAssetKey({ asset }: Pick<SealedKey, 'asset'>): WrappedKey | undefined {
  return asset.text === null ? undefined : { version: asset.version, text: asset.text }
}

import { asc, count, eq, isNotNull, isNull, min } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { KeyLabel, Protection } from '../protection/model.ts'
import type { VideoId } from '../run/id.ts'
import { assetKeys, contentKeys } from './schema.ts'

/** Films whose keys one version of the wrapping key holds. */
export interface WrappedBy {
  readonly version: string
  readonly films: number
  /** When the oldest of them was wrapped. */
  readonly since: Date | null
  /** Whether this version wraps now. */
  readonly current: boolean
}

/** How the keys of all films are wrapped, and how many were shredded. The key service is asked for its version alone. */
export async function keyStatus({ db, keyVault }: Uses<'db' | 'keyVault'>) {
  const current = await keyVault.version()
  const { version, wrapped, wrappedAt } = assetKeys
  const rows = await db
    .select({ version, films: count(), since: min(wrappedAt) })
    .from(assetKeys)
    .where(isNotNull(wrapped))
    .groupBy(version)
    .orderBy(asc(min(wrappedAt)))
  const shredded = await db.select({ films: count() }).from(assetKeys).where(isNull(wrapped))
  const versions: WrappedBy[] = rows.map((row) => ({ ...row, current: row.version === current }))
  return { current, versions, shredded: shredded[0]?.films ?? 0 }
}

/** What is on record of one film's keys. `shreddedAt` is null while they are there. */
export interface KeyReceipt {
  readonly videoId: VideoId
  readonly version: string
  readonly createdAt: Date
  readonly wrappedAt: Date
  readonly shreddedAt: Date | null
  readonly keys: readonly {
    readonly keyId: string
    readonly label: KeyLabel
    readonly protection: Protection
    readonly generation: number
    readonly edition: number
    readonly createdAt: Date
  }[]
}

/** The receipt of a film's keys, also long after the film is gone; `undefined` for one that never had any. */
export async function keyReceipt({ db }: Uses<'db'>, videoId: VideoId): Promise<KeyReceipt | undefined> {
  const { version, createdAt, wrappedAt, shreddedAt } = assetKeys
  const columns = { version, createdAt, wrappedAt, shreddedAt }
  const rows = await db.select(columns).from(assetKeys).where(eq(assetKeys.videoId, videoId))
  const row = rows[0]
  if (!row) return undefined
  const { keyId, label, protection, generation, edition } = contentKeys
  const keys = await db
    .select({ ...{ keyId, label, protection, generation, edition }, createdAt: contentKeys.createdAt })
    .from(contentKeys)
    .where(eq(contentKeys.videoId, videoId))
    .orderBy(asc(generation), asc(edition), asc(label))
  return { videoId, ...row, keys }
}

import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../database/columns.ts'
import type { KeyLabel, Protection } from '../protection/model.ts'

/**
 * One key for each asset, which wraps its content keys and is itself wrapped by the key service. Taking `wrapped` away is what
 * deletion does (crypto-shredding): no copy of the content keys opens without it. The row outlives its video as the receipt.
 */
export const assetKeys = pgTable(
  'asset_keys',
  {
    /** No reference: the video's row goes, the receipt stays. */
    videoId: idColumn('vid')('video_id').primaryKey(),
    /** As the key service gave it; null once it is shredded. */
    wrapped: text('wrapped'),
    /** Version of the wrapping key. */
    version: text('version').notNull(),
    createdAt: instant('created_at').notNull(),
    wrappedAt: instant('wrapped_at').notNull(),
    shreddedAt: instant('shredded_at'),
  },
  (t) => [index('asset_keys_by_version').on(t.version).where(sql`wrapped is not null`)],
)

/** Keys that tracks are encrypted with. `wrapped`: AES-256-GCM under the asset's key, bound to key id and asset. */
export const contentKeys = pgTable(
  'content_keys',
  {
    /** The KID. */
    keyId: uuid('key_id').primaryKey(),
    videoId: idColumn('vid')('video_id').notNull(),
    generation: integer('generation').notNull(),
    /** Which encryption of the generation; -1: made for a packager that is not ours (SPEKE). */
    edition: integer('edition').notNull(),
    label: text('label').$type<KeyLabel>().notNull(),
    protection: text('protection').$type<Protection>().notNull(),
    wrapped: text('wrapped').notNull(),
    /** Hex, 16 bytes: constant IV of `cbcs`. Public: it stands in the init segment. */
    iv: text('iv').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    index('content_keys_of_edition').on(t.videoId, t.generation, t.edition),
    foreignKey({ columns: [t.videoId], foreignColumns: [assetKeys.videoId], name: 'content_keys_of_asset' }),
  ],
)

import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, real, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../database/columns.ts'
import { videos } from '../video/schema.ts'
import type { UnitOutput, UnitSpec } from './unit.ts'

export type UnitState = 'waiting' | 'leased' | 'done' | 'failed'

/** Units of work of one film. A killed worker loses at most the units that it holds. */
export const units = pgTable(
  'transcode_units',
  {
    id: idColumn('unt')('id').primaryKey(),
    videoId: idColumn('vid')('video_id')
      .notNull()
      .references(() => videos.id, { onDelete: 'cascade' }),
    generation: integer('generation').notNull(),
    /** `probe`, `video/low/3`, `audio/0`, `stills`: unique in its generation, so planning twice plans once. */
    name: text('name').notNull(),
    spec: jsonb('spec').$type<UnitSpec>().notNull(),
    /** Lower ones are claimed first. */
    priority: integer('priority').notNull(),
    /** Planned work in pixels to encode, or what costs as much. */
    work: bigint('work', { mode: 'number' }).notNull(),
    /** 0..1 of this unit. */
    progress: real('progress').notNull().default(0),
    state: text('state').$type<UnitState>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    leaseUntil: instant('lease_until'),
    /** Fencing token: a worker whose lease was taken over can no longer write. */
    leaseToken: text('lease_token'),
    output: jsonb('output').$type<UnitOutput>(),
    /** What the tool said last, for the operator. */
    error: text('error'),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('units_of_generation').on(t.videoId, t.generation, t.name),
    index('units_claimable')
      .on(t.videoId, t.generation, t.priority)
      .where(sql`state in ('waiting', 'leased')`),
  ],
)

import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../database/columns.ts'
import { users } from '../identity/schema.ts'
import type { Visibility } from '../video/model.ts'
import { videos } from '../video/schema.ts'
import type { CreditRole, Genre, TitleKind } from './model.ts'

/** A deleted video's row stands for some minutes: readers leave it out themselves, and then the link goes with the row. */
const linkedVideo = () => idColumn('vid')('video_id').references(() => videos.id, { onDelete: 'set null' })

export const titles = pgTable(
  'titles',
  {
    id: idColumn('ttl')('id').primaryKey(),
    ownerId: idColumn('usr')('owner_id')
      .notNull()
      .references(() => users.id),
    kind: text('kind').$type<TitleKind>().notNull(),
    name: text('name').notNull(),
    originalName: text('original_name'),
    synopsis: text('synopsis').notNull(),
    releaseYear: integer('release_year'),
    ageRating: text('age_rating'),
    /** BCP 47. */
    languages: text('languages').array().notNull(),
    genres: text('genres').array().$type<Genre[]>().notNull(),
    visibility: text('visibility').$type<Visibility>().notNull(),
    /** Of a film. */
    videoId: linkedVideo(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    // Ascending and read backwards: an index of `desc nulls last` does not serve `order by id desc`, which is nulls first.
    index('titles_of_owner').on(t.ownerId, t.id),
    index('titles_public').on(t.id).where(sql`visibility in ('public', 'subscribers')`),
    index('titles_by_genre').using('gin', t.genres),
    index('titles_of_video').on(t.videoId),
  ],
)

const titleId = () =>
  idColumn('ttl')('title_id')
    .notNull()
    .references(() => titles.id, { onDelete: 'cascade' })

export const credits = pgTable(
  'credits',
  {
    titleId: titleId(),
    position: integer('position').notNull(),
    name: text('name').notNull(),
    role: text('role').$type<CreditRole>().notNull(),
    character: text('character'),
  },
  (t) => [primaryKey({ columns: [t.titleId, t.position] })],
)

export const availabilityWindows = pgTable(
  'availability_windows',
  {
    titleId: titleId(),
    position: integer('position').notNull(),
    startsAt: instant('starts_at').notNull(),
    /** The first moment after it; null for ever. */
    endsAt: instant('ends_at'),
    /** ISO 3166-1 alpha-2; null for all. */
    countries: text('countries').array(),
  },
  (t) => [primaryKey({ columns: [t.titleId, t.position] })],
)

export const seasons = pgTable(
  'seasons',
  {
    titleId: titleId(),
    number: integer('number').notNull(),
    name: text('name'),
  },
  (t) => [primaryKey({ columns: [t.titleId, t.number] })],
)

export const episodes = pgTable(
  'episodes',
  {
    titleId: idColumn('ttl')('title_id').notNull(),
    season: integer('season').notNull(),
    number: integer('number').notNull(),
    name: text('name').notNull(),
    synopsis: text('synopsis').notNull(),
    videoId: linkedVideo(),
  },
  (t) => [
    primaryKey({ columns: [t.titleId, t.season, t.number] }),
    foreignKey({
      columns: [t.titleId, t.season],
      foreignColumns: [seasons.titleId, seasons.number],
      name: 'episodes_of_season',
    }).onDelete('cascade'),
    index('episodes_of_video').on(t.videoId),
  ],
)

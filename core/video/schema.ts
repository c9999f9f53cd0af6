import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
} from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../database/columns.ts'
import { users } from '../identity/schema.ts'
import type { SourceReport, SourceWarning } from '../ports/media.ts'
import type { Protection } from '../protection/model.ts'
import type { FailureReason, VideoStatus, Visibility } from './model.ts'

export const videos = pgTable(
  'videos',
  {
    id: idColumn('vid')('id').primaryKey(),
    ownerId: idColumn('usr')('owner_id')
      .notNull()
      .references(() => users.id),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    visibility: text('visibility').$type<Visibility>().notNull(),
    status: text('status').$type<VideoStatus>().notNull(),
    progress: real('progress').notNull().default(0),
    /** Counts transcodes of this video; objects of each lie under their own prefix. */
    generation: integer('generation').notNull().default(0),
    failure: jsonb('failure').$type<{ reason: FailureReason; detail?: string }>(),
    warnings: jsonb('warnings').$type<SourceWarning[]>().notNull().default([]),
    sourceKey: text('source_key'),
    sourceEtag: text('source_etag'),
    report: jsonb('report').$type<SourceReport>(),
    durationSeconds: doublePrecision('duration_seconds'),
    /** As displayed. */
    width: integer('width'),
    height: integer('height'),
    /** Name of the poster under the generation's prefix, once there is one. */
    poster: text('poster'),
    /** Counts publications of this generation; the playlists of each have their own names. */
    revision: integer('revision').notNull().default(0),
    /** Of what is published, and until then of what will be. */
    protection: text('protection').$type<Protection>().notNull().default('clear'),
    /** The published encryption of this generation; tracks and playlists of each but the first (0) lie under their own prefix. */
    edition: integer('edition').notNull().default(0),
    /** The encryption that takes its place once it is whole; null while none is made. */
    nextEdition: integer('next_edition'),
    nextProtection: text('next_protection').$type<Protection>(),
    /** Why the last one did not come about, in words for the owner. */
    protectionFailure: text('protection_failure'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    /** Set by DELETE; the row goes when its objects are gone. */
    deletedAt: instant('deleted_at'),
  },
  (t) => [
    index('videos_of_owner').on(t.ownerId, t.id).where(sql`deleted_at is null`),
    index('videos_public')
      .on(t.id)
      .where(
        sql`deleted_at is null and visibility in ('public', 'subscribers') and status in ('playable', 'ready')`,
      ),
    index('videos_at_work')
      .on(t.id)
      .where(sql`status in ('processing', 'playable') or deleted_at is not null`),
    index('videos_changing_protection').on(t.id).where(sql`next_edition is not null`),
  ],
)

export type UploadState = 'open' | 'completed' | 'aborted'
export const uploads = pgTable(
  'uploads',
  {
    id: idColumn('upl')('id').primaryKey(),
    videoId: idColumn('vid')('video_id')
      .notNull()
      .references(() => videos.id, { onDelete: 'cascade' }),
    ownerId: idColumn('usr')('owner_id')
      .notNull()
      .references(() => users.id),
    name: text('name').notNull(),
    contentType: text('content_type').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    partBytes: bigint('part_bytes', { mode: 'number' }).notNull(),
    objectKey: text('object_key').notNull(),
    /** The store's own name of the multipart upload. */
    storeUpload: text('store_upload').notNull(),
    state: text('state').$type<UploadState>().notNull(),
    /** Whether starting this upload made the video: cancelling it then deletes the video too. */
    madeVideo: boolean('made_video').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [
    index('uploads_of_owner').on(t.ownerId, t.id).where(sql`state = 'open'`),
    index('uploads_of_video').on(t.videoId),
    index('uploads_open').on(t.expiresAt).where(sql`state = 'open'`),
  ],
)

const videoId = () =>
  idColumn('vid')('video_id')
    .notNull()
    .references(() => videos.id, { onDelete: 'cascade' })

export const renditions = pgTable(
  'video_renditions',
  {
    videoId: videoId(),
    generation: integer('generation').notNull(),
    name: text('name').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    frameRate: real('frame_rate').notNull(),
    codecs: text('codecs').notNull(),
    averageBps: integer('average_bps').notNull(),
    peakBps: integer('peak_bps').notNull(),
  },
  (t) => [primaryKey({ columns: [t.videoId, t.generation, t.name] })],
)

export const thumbnails = pgTable(
  'video_thumbnails',
  {
    videoId: videoId(),
    generation: integer('generation').notNull(),
    kind: text('kind').$type<'poster' | 'storyboard'>().notNull(),
    /** Relative to the generation's prefix. */
    name: text('name').notNull(),
    width: integer('width'),
    height: integer('height'),
  },
  (t) => [primaryKey({ columns: [t.videoId, t.generation, t.kind] })],
)

export const captions = pgTable(
  'video_captions',
  {
    videoId: videoId(),
    /** BCP 47. */
    language: text('language').notNull(),
    label: text('label').notNull(),
    cues: integer('cues').notNull(),
    /** Key in the media bucket, a new one for each version: caches keep the old bytes. */
    objectKey: text('object_key').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.videoId, t.language] })],
)

export const chapters = pgTable(
  'video_chapters',
  {
    videoId: videoId(),
    startMs: integer('start_ms').notNull(),
    title: text('title').notNull(),
  },
  (t) => [primaryKey({ columns: [t.videoId, t.startMs] })],
)

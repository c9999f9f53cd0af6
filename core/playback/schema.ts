import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  cidr,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../database/columns.ts'
import { users } from '../identity/schema.ts'
import { videos } from '../video/schema.ts'
import type { Door, RefusalReason, SessionEnd } from './model.ts'

const ofVideo = () =>
  idColumn('vid')('video_id')
    .notNull()
    .references(() => videos.id, { onDelete: 'cascade' })

/** One viewer watching one film in one player. Live while its heartbeats come and nobody has ended it. */
export const playbackSessions = pgTable(
  'playback_sessions',
  {
    id: idColumn('pbs')('id').primaryKey(),
    videoId: ofVideo(),
    /** Null for whoever watches a public film without signing in. */
    userId: idColumn('usr')('user_id').references(() => users.id, { onDelete: 'cascade' }),
    deviceId: text('device_id').notNull(),
    deviceName: text('device_name'),
    /** Which of several players of one device: each has a session of its own. */
    playerId: text('player_id').notNull(),
    clientIp: text('client_ip').notNull(),
    country: text('country'),
    /** Whether it takes one of the viewer's places. */
    counts: boolean('counts').notNull(),
    /** Number of the token that is good now: the one before stays good for a moment, older ones are replays. */
    tokenNumber: integer('token_number').notNull(),
    tokenAt: instant('token_at').notNull(),
    createdAt: instant('created_at').notNull(),
    heartbeatAt: instant('heartbeat_at').notNull(),
    endedAt: instant('ended_at'),
    endedBy: text('ended_by').$type<SessionEnd>(),
  },
  (t) => [
    index('playback_sessions_live').on(t.userId, t.heartbeatAt).where(sql`ended_at is null`),
    index('playback_sessions_of_video').on(t.videoId, t.heartbeatAt),
    uniqueIndex('playback_sessions_of_player')
      .on(t.userId, t.deviceId, t.playerId, t.videoId)
      .where(sql`ended_at is null and user_id is not null`),
    index('playback_sessions_old').on(t.heartbeatAt),
  ],
)

/** Devices that a viewer has used; those not removed and seen within 30 days count. */
export const playbackDevices = pgTable(
  'playback_devices',
  {
    userId: idColumn('usr')('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    deviceId: text('device_id').notNull(),
    name: text('name'),
    firstAt: instant('first_at').notNull(),
    lastAt: instant('last_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.deviceId] })],
)

/** What the owner allows beyond visibility. A film without a row has no rules. */
export const playbackRules = pgTable('playback_rules', {
  videoId: ofVideo().primaryKey(),
  /** Rights: from the first moment to the last but one. */
  startsAt: instant('starts_at'),
  endsAt: instant('ends_at'),
  /** ISO 3166-1 alpha-2: nowhere else. */
  countries: text('countries').array(),
  /** Nor there. */
  notCountries: text('not_countries').array(),
  /** Refuses networks that hide where their users are (VPN, proxies, Tor). */
  refuseAnonymous: boolean('refuse_anonymous').notNull().default(false),
  /** Years. */
  minAge: integer('min_age'),
  allowOffline: boolean('allow_offline').notNull().default(false),
  /** HD and UHD only where the device keeps keys in hardware; Clear Key and other software gets SD. */
  hardwareForHd: boolean('hardware_for_hd').notNull().default(false),
  /** Blocked for everybody, the owner's words why. */
  takenDownAt: instant('taken_down_at'),
  takenDownFor: text('taken_down_for'),
  updatedAt: instant('updated_at').notNull(),
})

/** What a viewer may be shown: set by whoever holds the account. */
export const viewingLimits = pgTable('viewing_limits', {
  userId: idColumn('usr')('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  /** Films from this age on are refused; null: nothing is known, and films with an age are refused. */
  age: integer('age'),
  updatedAt: instant('updated_at').notNull(),
})

/** Every decision, without keys and without tokens. Key ids are public: they stand in the manifest. */
export const playbackDecisions = pgTable(
  'playback_decisions',
  {
    id: uuid('id').primaryKey(),
    at: instant('at').notNull(),
    door: text('door').$type<Door>().notNull(),
    /** Null where it was allowed. */
    refusal: text('refusal').$type<RefusalReason>(),
    sessionId: idColumn('pbs')('session_id'),
    userId: idColumn('usr')('user_id'),
    videoId: idColumn('vid')('video_id'),
    deviceId: text('device_id'),
    clientIp: text('client_ip').notNull(),
    country: text('country'),
    keyIds: text('key_ids').array(),
    requestId: text('request_id').notNull(),
  },
  (t) => [index('playback_decisions_of_video').on(t.videoId, t.at), index('playback_decisions_old').on(t.at)],
)

/** How often somebody asked for something within a window; old windows are swept. */
export const playbackRates = pgTable(
  'playback_rates',
  {
    name: text('name').notNull(),
    window: bigint('window', { mode: 'number' }).notNull(),
    count: integer('count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.name, t.window] })],
)

/** What may come once: nonces of signed requests. */
export const playbackNonces = pgTable(
  'playback_nonces',
  {
    issuer: text('issuer').notNull(),
    nonce: text('nonce').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.issuer, t.nonce] }), index('playback_nonces_old').on(t.expiresAt)],
)

/** Where networks are, loaded from a vendor's or a public table by `npm run networks`. */
export const networks = pgTable(
  'networks',
  {
    network: cidr('network').primaryKey(),
    /** ISO 3166-1 alpha-2. */
    country: text('country'),
    /** Hides where its users are. */
    anonymous: boolean('anonymous').notNull(),
  },
  (t) => [index('networks_by_address').using('gist', sql`${t.network} inet_ops`)],
)

/** Objects of encryptions that were replaced: removed when no grant for them is good any more. */
export const retiredEditions = pgTable(
  'retired_editions',
  {
    videoId: idColumn('vid')('video_id').notNull(),
    generation: integer('generation').notNull(),
    edition: integer('edition').notNull(),
    removeAt: instant('remove_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.videoId, t.generation, t.edition] })],
)

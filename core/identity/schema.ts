import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../database/columns.ts'
import type { MemberRole } from './model.ts'

export const users = pgTable('users', {
  id: idColumn('usr')('id').primaryKey(),
  /** Lower case; what the person typed is not kept. */
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  /** PHC string. */
  passwordHash: text('password_hash').notNull(),
  createdAt: instant('created_at').notNull(),
})

/** One sign-in on one device; its refresh tokens are one family. */
export const sessions = pgTable(
  'sessions',
  {
    id: idColumn('ses')('id').primaryKey(),
    userId: idColumn('usr')('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('sessions_of_user').on(t.userId)],
)

export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    /** SHA-256 in hex: 256 random bits need no slow hash. */
    hash: text('hash').primaryKey(),
    sessionId: idColumn('ses')('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    createdAt: instant('created_at').notNull(),
    usedAt: instant('used_at'),
  },
  (t) => [index('refresh_tokens_of_session').on(t.sessionId)],
)

/** People who work and pay together. */
export const organisations = pgTable('organisations', {
  id: idColumn('org')('id').primaryKey(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull(),
})
export const memberships = pgTable(
  'memberships',
  {
    organisationId: idColumn('org')('organisation_id')
      .notNull()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    userId: idColumn('usr')('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text('role').$type<MemberRole>().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.userId] }), index('memberships_of_user').on(t.userId)],
)

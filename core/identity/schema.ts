import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../database/columns.ts'

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

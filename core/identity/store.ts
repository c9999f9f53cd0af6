import { and, eq, gt, isNull, lt, or } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { Actor } from '../run/actor.ts'
import type { SessionId, UserId } from '../run/id.ts'
import { refreshTokens, sessions, users } from './schema.ts'

export type UserRow = typeof users.$inferSelect
export type RefreshRow = typeof refreshTokens.$inferSelect

/** Adds the user; `false` where the e-mail address has an account, also when two requests race. */
export async function insertUser(db: Db, user: UserRow): Promise<boolean> {
  const rows = await db
    .insert(users)
    .values(user)
    .onConflictDoNothing({ target: users.email })
    .returning({ id: users.id })
  return rows.length === 1
}

export async function findUserByEmail(db: Db, email: string): Promise<UserRow | undefined> {
  const rows = await db.select().from(users).where(eq(users.email, email))
  return rows[0]
}

/** Only while the hash is the one that was read: a password changed meanwhile wins. */
export async function replacePasswordHash(
  db: Db,
  id: UserId,
  change: { from: string; to: string },
): Promise<void> {
  await db
    .update(users)
    .set({ passwordHash: change.to })
    .where(and(eq(users.id, id), eq(users.passwordHash, change.from)))
}

export async function insertSession(db: Db, session: typeof sessions.$inferInsert): Promise<void> {
  await db.insert(sessions).values(session)
}

const live = (now: Date) => and(isNull(sessions.revokedAt), gt(sessions.expiresAt, now))

/** The user of a session that is neither ended nor expired. */
export async function findSignedIn(db: Db, actor: Actor, now: Date): Promise<UserRow | undefined> {
  const rows = await db
    .select({ user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, actor.sessionId), eq(sessions.userId, actor.userId), live(now)))
  return rows[0]?.user
}

export async function findSessionUser(db: Db, id: SessionId, now: Date): Promise<UserRow | undefined> {
  const rows = await db
    .select({ user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, id), live(now)))
  return rows[0]?.user
}

/** Ends a session. One that has ended keeps its first time. */
export async function revokeSession(db: Db, id: SessionId, now: Date): Promise<void> {
  await db
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)))
}

export async function insertRefreshToken(
  db: Db,
  token: { hash: string; sessionId: SessionId; createdAt: Date },
): Promise<void> {
  await db.insert(refreshTokens).values(token)
}

/** Marks the token used, once: of two that race one gets the row and the other `undefined`. */
export async function useRefreshToken(db: Db, hash: string, now: Date): Promise<RefreshRow | undefined> {
  const rows = await db
    .update(refreshTokens)
    .set({ usedAt: now })
    .where(and(eq(refreshTokens.hash, hash), isNull(refreshTokens.usedAt)))
    .returning()
  return rows[0]
}

export async function findRefreshToken(db: Db, hash: string): Promise<RefreshRow | undefined> {
  const rows = await db.select().from(refreshTokens).where(eq(refreshTokens.hash, hash))
  return rows[0]
}

/** Removes sessions that ended or expired before `before`, with their refresh tokens; says how many. */
export async function deleteSessionsEndedBefore(db: Db, before: Date): Promise<number> {
  const ended = or(lt(sessions.expiresAt, before), lt(sessions.revokedAt, before))
  return (await db.delete(sessions).where(ended).returning({ id: sessions.id })).length
}

import { and, asc, count, desc, eq, lt } from 'drizzle-orm'
import { DEFAULT_LIMIT, readCursor, toPage } from '../http/page.ts'
import { conflict, forbidden, invalid, notFound } from '../http/problem.ts'
import type { Db, Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { idFromUuid, isId, type OrganisationId, type UserId } from '../run/id.ts'
import type { MemberRole } from './model.ts'
import type {
  Member,
  MemberAdd,
  MemberUpdate,
  Organisation,
  OrganisationCreate,
  OrganisationPage,
  OrganisationQuery,
} from './organisations-wire.ts'
import { memberships, organisations, users } from './schema.ts'
import { findUserByEmail } from './store.ts'

const LIST = 'organisations'
export const MOST_MEMBERS = 200

/** Makes an organisation with the actor as its owner. */
export async function createOrganisation(
  { db, clock, ids }: Uses<'db' | 'clock' | 'ids'>,
  { userId }: Actor,
  { name }: OrganisationCreate,
): Promise<Organisation> {
  const [id, createdAt] = [idFromUuid('org', ids.uuid()), clock.now()]
  await db.transaction(async (tx) => {
    await tx.insert(organisations).values({ id, name, createdAt })
    await tx.insert(memberships).values({ organisationId: id, userId, role: 'owner', createdAt })
  })
  return show(db, { id, name, createdAt, role: 'owner' })
}

/** Those that the actor belongs to, latest first. */
export async function listOrganisations(
  { db }: Uses<'db'>,
  { userId }: Actor,
  { limit = DEFAULT_LIMIT, cursor }: OrganisationQuery,
): Promise<OrganisationPage> {
  const before = readCursor(cursor, LIST, (key) => isId('org', key)) as OrganisationId | undefined
  const rows = await mine(db)
    .where(and(eq(memberships.userId, userId), before && lt(organisations.id, before)))
    .orderBy(desc(organisations.id))
    .limit(limit + 1)
  const { items, nextCursor } = toPage(rows, limit, { list: LIST, key: ({ id }) => id, item: card })
  return { items: [...items], ...(nextCursor === undefined ? {} : { nextCursor }) }
}

/** With its members. 404 for one that the actor does not belong to. */
export async function showOrganisation(
  { db }: Uses<'db'>,
  actor: Actor,
  id: string | undefined,
): Promise<Organisation> {
  return show(db, await belonging(db, actor, id))
}

/** Adds somebody who has an account. An owner alone may; 409 for whoever belongs to it already. */
export async function addMember(
  uses: Uses<'db' | 'clock'>,
  actor: Actor,
  { id, body: { email, role } }: { readonly id: string | undefined; readonly body: MemberAdd },
): Promise<Organisation> {
  return changeMembers(uses, actor, id, async (tx, organisationId) => {
    const user = await findUserByEmail(tx, email)
    if (!user)
      throw invalid([{ field: 'body.email', rule: 'unknown', message: 'is nobody’s who has an account' }])
    const [members] = await tx
      .select({ n: count() })
      .from(memberships)
      .where(eq(memberships.organisationId, organisationId))
    if ((members?.n ?? 0) >= MOST_MEMBERS)
      throw conflict('too-many-members', `An organisation may have ${MOST_MEMBERS} members at most.`)
    const row = { organisationId, userId: user.id, role, createdAt: uses.clock.now() }
    const added = await tx.insert(memberships).values(row).onConflictDoNothing().returning()
    if (added.length === 0) throw conflict('member-already', 'They belong to this organisation already.')
  })
}

interface OfMember {
  readonly id: string | undefined
  readonly userId: string | undefined
}

/** Gives a member another role. An owner alone may, and one owner stays. */
export async function changeMember(
  uses: Uses<'db'>,
  actor: Actor,
  { id, userId, body: { role } }: OfMember & { readonly body: MemberUpdate },
): Promise<Organisation> {
  return changeMembers(uses, actor, id, async (tx, organisationId) => {
    const changed = await tx
      .update(memberships)
      .set({ role })
      .where(isMember(organisationId, userId))
      .returning()
    if (changed.length === 0) throw notFound('member')
    await refuseOwnerless(tx, organisationId)
  })
}

/** Takes a member out: an owner anybody, and everybody themselves. One owner stays. */
export async function removeMember(uses: Uses<'db'>, actor: Actor, { id, userId }: OfMember): Promise<void> {
  const mayRemove = ({ role }: Belonging) => {
    if (userId !== actor.userId) onlyOwner(role)
  }
  const found = await belonging(uses.db, actor, id)
  mayRemove(found)
  const organisationId = found.id
  await uses.db.transaction(async (tx) => {
    await lock(tx, organisationId)
    // As in `changeMembers`: the role may be gone since.
    mayRemove(await belonging(tx, actor, id))
    const removed = await tx.delete(memberships).where(isMember(organisationId, userId)).returning()
    if (removed.length === 0) throw notFound('member')
    await refuseOwnerless(tx, organisationId)
  })
}

/** One change of an organisation's members at a time, or two owners could leave together. */
async function changeMembers(
  { db }: Uses<'db'>,
  actor: Actor,
  id: string | undefined,
  change: (tx: Transaction, id: OrganisationId) => Promise<void>,
): Promise<Organisation> {
  const found = await belonging(db, actor, id)
  onlyOwner(found.role)
  return db.transaction(async (tx) => {
    await lock(tx, found.id)
    // Whoever lost the role while we waited must not use it.
    onlyOwner((await belonging(tx, actor, id)).role)
    await change(tx, found.id)
    return show(tx, await belonging(tx, actor, id))
  })
}

const lock = (tx: Transaction, id: OrganisationId) =>
  tx.select({ id: organisations.id }).from(organisations).where(eq(organisations.id, id)).for('update')

function onlyOwner(role: MemberRole): void {
  if (role !== 'owner') throw forbidden('Only an owner may change who belongs to the organisation.')
}

async function refuseOwnerless(tx: Transaction, organisationId: OrganisationId): Promise<void> {
  const owner = and(eq(memberships.organisationId, organisationId), eq(memberships.role, 'owner'))
  const [left] = await tx.select({ userId: memberships.userId }).from(memberships).where(owner).limit(1)
  if (!left) throw conflict('last-owner', 'An organisation keeps one owner: name another one first.')
}

const isMember = (organisationId: OrganisationId, userId: string | undefined) =>
  and(eq(memberships.organisationId, organisationId), eq(memberships.userId, knownUser(userId)))

function knownUser(userId: string | undefined): UserId {
  if (userId === undefined || !isId('usr', userId)) throw notFound('member')
  return userId
}

interface Belonging {
  readonly id: OrganisationId
  readonly name: string
  readonly createdAt: Date
  readonly role: MemberRole
}

const mine = (db: Db) =>
  db
    .select({
      id: organisations.id,
      name: organisations.name,
      createdAt: organisations.createdAt,
      role: memberships.role,
    })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))

async function belonging(db: Db, { userId }: Actor, id: string | undefined): Promise<Belonging> {
  if (id === undefined || !isId('org', id)) throw notFound('organisation')
  const [found] = await mine(db).where(and(eq(organisations.id, id), eq(memberships.userId, userId)))
  if (!found) throw notFound('organisation')
  return found
}

const card = ({ id, name, role, createdAt }: Belonging) => ({
  ...{ id, name, role },
  createdAt: createdAt.toISOString(),
})

async function show(db: Db, found: Belonging): Promise<Organisation> {
  const members = await db
    .select({
      userId: users.id,
      email: users.email,
      name: users.name,
      role: memberships.role,
      createdAt: memberships.createdAt,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.organisationId, found.id))
    .orderBy(asc(memberships.createdAt), asc(users.id))
  return { ...card(found), members: members.map(showMember) }
}

const showMember = ({ createdAt, ...facts }: Omit<Member, 'createdAt'> & { createdAt: Date }): Member => ({
  ...facts,
  createdAt: createdAt.toISOString(),
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Organisation, OrganisationPage } from '../../core/identity/organisations-wire.ts'
import { type Caller, type Desk, openDesk } from './testing/desk.ts'

let desk: Desk
let me: Caller
let other: Caller
beforeAll(async () => {
  desk = await openDesk()
  ;[me, other] = [await desk.person(), await desk.person()]
})
afterAll(() => desk[Symbol.asyncDispose]())

const make = async (who = me, name = 'Film & Co') =>
  (await who.call<Organisation>('POST', '/v1/organisations', { name })).body
const add = (who: Caller, id: string, body: unknown) =>
  who.call<Organisation>('POST', `/v1/organisations/${id}/members`, body)
const rolesOf = ({ members }: Organisation) => members.map(({ email, role }) => [email, role])

describe('an organisation', () => {
  it('belongs to whoever made it', async () => {
    expect(rolesOf(await make())).toEqual([[me.email, 'owner']])
  })
  it('is hidden from others as if it did not exist', async () => {
    const { id } = await make()
    expect(await other.refusal('GET', `/v1/organisations/${id}`)).toBe('404 not-found')
  })
  it('is listed for its members alone, latest first', async () => {
    const who = await desk.person()
    const [first, second] = [await make(who), await make(who)]
    const { items } = await who.get<OrganisationPage>('/v1/organisations')
    expect(items.map(({ id }) => id)).toEqual([second.id, first.id])
  })
  it('is listed page by page', async () => {
    const who = await desk.person()
    const [first] = [await make(who), await make(who)]
    const { nextCursor } = await who.get<OrganisationPage>('/v1/organisations?limit=1')
    const { items } = await who.get<OrganisationPage>(`/v1/organisations?limit=1&cursor=${nextCursor}`)
    expect(items.map(({ id }) => id)).toEqual([first.id])
  })
})

describe('its members', () => {
  it('are added by an owner', async () => {
    const { id } = await make()
    const { body } = await add(me, id, { email: other.email, role: 'billing' })
    expect(rolesOf(body)).toContainEqual([other.email, 'billing'])
  })
  it('are added once', async () => {
    const { id } = await make()
    await add(me, id, { email: other.email, role: 'member' })
    const again = { email: other.email, role: 'owner' }
    expect(await me.refusal('POST', `/v1/organisations/${id}/members`, again)).toBe('409 member-already')
  })
  it('are not added by a member', async () => {
    const { id } = await make()
    await add(me, id, { email: other.email, role: 'billing' })
    const third = await desk.person()
    const body = { email: third.email, role: 'member' }
    expect(await other.refusal('POST', `/v1/organisations/${id}/members`, body)).toBe('403 forbidden')
  })
  it('get another role by an owner', async () => {
    const { id } = await make()
    await add(me, id, { email: other.email, role: 'member' })
    const path = `/v1/organisations/${id}/members/${other.userId}`
    const { body } = await me.call<Organisation>('PATCH', path, { role: 'billing' })
    expect(rolesOf(body)).toContainEqual([other.email, 'billing'])
  })
  it('may leave', async () => {
    const { id } = await make()
    await add(me, id, { email: other.email, role: 'member' })
    await other.call('DELETE', `/v1/organisations/${id}/members/${other.userId}`)
    expect(await other.refusal('GET', `/v1/organisations/${id}`)).toBe('404 not-found')
  })
  it('may not put others out', async () => {
    const { id } = await make()
    await add(me, id, { email: other.email, role: 'billing' })
    const path = `/v1/organisations/${id}/members/${me.userId}`
    expect(await other.refusal('DELETE', path)).toBe('403 forbidden')
  })
  it('keep a last owner who wants to leave', async () => {
    const { id } = await make()
    const path = `/v1/organisations/${id}/members/${me.userId}`
    expect(await me.refusal('DELETE', path)).toBe('409 last-owner')
  })
  it('keep a last owner who wants to be less', async () => {
    const { id } = await make()
    const path = `/v1/organisations/${id}/members/${me.userId}`
    expect(await me.refusal('PATCH', path, { role: 'member' })).toBe('409 last-owner')
  })
  it('keep one owner when both leave at once', async () => {
    const { id } = await make()
    await add(me, id, { email: other.email, role: 'owner' })
    const leave = (who: Caller) => who.call('DELETE', `/v1/organisations/${id}/members/${who.userId}`)
    const answers = await Promise.all([leave(me), leave(other)])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
  })
})

describe('bad input', () => {
  const bad: readonly (readonly [string, string, unknown])[] = [
    ['no name', 'body.name:required', {}],
    ['a name that cannot be seen', 'body.name:too_small', { name: ' ' }],
    ['an unknown field', 'body:unknown_field', { name: 'x', owner: 'me' }],
  ]
  it.each(bad)('%s is refused as %s', async (_, field, body) => {
    expect(await me.refusal('POST', '/v1/organisations', body)).toBe(`422 invalid-input ${field}`)
  })
  const badMembers: readonly (readonly [string, string, unknown])[] = [
    ['no e-mail address', 'body.email:required', { role: 'member' }],
    ['a role that there is not', 'body.role:one_of', { email: 'a@example.org', role: 'king' }],
    ['nobody we know', 'body.email:unknown', { email: 'who@example.org', role: 'member' }],
  ]
  it.each(badMembers)('%s is refused as %s', async (_, field, body) => {
    const { id } = await make()
    const path = `/v1/organisations/${id}/members`
    expect(await me.refusal('POST', path, body)).toBe(`422 invalid-input ${field}`)
  })
  it('a cursor of another list is refused', async () => {
    const cursor = btoa('titles-mine:x').replaceAll('=', '')
    expect(await me.refusal('GET', `/v1/organisations?cursor=${cursor}`)).toBe(
      '422 invalid-input query.cursor:cursor',
    )
  })
  it('an id of another kind is not found', async () => {
    expect(await me.refusal('GET', `/v1/organisations/${me.userId}`)).toBe('404 not-found')
  })
})

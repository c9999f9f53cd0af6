import { count } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { aUser, openDesk } from '../../adapters/local/testing/identity-desk.ts'
import { setFlag } from '../run/flag-store.ts'
import { users } from './schema.ts'

const ada = { email: 'ada@example.com', password: 'correct horse battery' }

describe('with the flag open-signup off', () => {
  it('signing up is 403 signup-closed', async () => {
    await using desk = await openDesk()
    await setFlag(desk.ports, 'open-signup', false)
    const { status, json } = await desk.call('POST', '/v1/signup', { json: ada })
    expect([status, json.code]).toEqual([403, 'signup-closed'])
  })
  it('no account is made', async () => {
    await using desk = await openDesk({ flags: { 'open-signup': false } })
    await desk.call('POST', '/v1/signup', { json: ada })
    expect(await desk.ports.db.select({ n: count() }).from(users)).toEqual([{ n: 0 }])
  })
  it('whether an address has an account is not told', async () => {
    await using desk = await openDesk()
    const { email, password } = await aUser(desk)
    await setFlag(desk.ports, 'open-signup', false)
    expect((await desk.call('POST', '/v1/signup', { json: { email, password } })).json.code).toBe(
      'signup-closed',
    )
  })
  it('who has an account signs in as ever', async () => {
    await using desk = await openDesk()
    const { email, password } = await aUser(desk)
    await setFlag(desk.ports, 'open-signup', false)
    expect((await desk.call('POST', '/v1/login', { json: { email, password } })).status).toBe(200)
  })
})

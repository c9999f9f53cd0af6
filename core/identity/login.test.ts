import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { aUser, openDesk } from '../../adapters/local/testing/identity-desk.ts'
import { users } from './schema.ts'

describe('signing in', () => {
  it('answers tokens of a new session', async () => {
    await using desk = await openDesk()
    const { email, password, tokens } = await aUser(desk)
    const { status, json } = await desk.call('POST', '/v1/login', { json: { email, password } })
    expect([status, json.user, json.refreshToken === tokens.json.refreshToken]).toEqual([
      200,
      tokens.json.user,
      false,
    ])
  })
  it('finds the account whatever the case of the address', async () => {
    await using desk = await openDesk()
    const { email, password } = await aUser(desk)
    expect(
      (await desk.call('POST', '/v1/login', { json: { email: email.toUpperCase(), password } })).status,
    ).toBe(200)
  })
  it('answers the same for a wrong password and an unknown address (ASVS 6.3.8)', async () => {
    await using desk = await openDesk()
    const { email, password } = await aUser(desk)
    const wrong = await desk.call('POST', '/v1/login', { json: { email, password: 'not this one' } })
    const unknown = await desk.call('POST', '/v1/login', { json: { email: 'who@example.com', password } })
    expect([wrong.status, wrong.json]).toEqual([401, unknown.json])
  })
  it('does one password computation for an unknown address as for a wrong password (ASVS 6.3.8)', async () => {
    await using desk = await openDesk()
    const { email, password } = await aUser(desk)
    const done: string[] = []
    const { hash, verify, outdated } = desk.ports.passwords
    const counting = {
      outdated,
      hash: (text: string) => {
        done.push('one')
        return hash(text)
      },
      verify: (phc: string, text: string) => {
        done.push('one')
        return verify(phc, text)
      },
    }
    Object.assign(desk.ports, { passwords: counting })
    await desk.call('POST', '/v1/login', { json: { email, password: 'not this one' } })
    const forWrong = done.splice(0)
    await desk.call('POST', '/v1/login', { json: { email: 'who@example.com', password } })
    expect([forWrong, done]).toEqual([['one'], ['one']])
  })
  it('renews a hash that was made with other settings', async () => {
    await using desk = await openDesk()
    const { email, password } = await aUser(desk)
    const { hash } = await import('@node-rs/argon2')
    const weak = await hash(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 })
    await desk.ports.db.update(users).set({ passwordHash: weak }).where(eq(users.email, email))
    await desk.call('POST', '/v1/login', { json: { email, password } })
    const [row] = await desk.ports.db.select().from(users).where(eq(users.email, email))
    expect(desk.ports.passwords.outdated(row?.passwordHash ?? '')).toBe(false)
  })
  it('still takes the password after its hash was renewed', async () => {
    await using desk = await openDesk()
    const { email, password } = await aUser(desk)
    const { hash } = await import('@node-rs/argon2')
    const weak = await hash(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 })
    await desk.ports.db.update(users).set({ passwordHash: weak }).where(eq(users.email, email))
    await desk.call('POST', '/v1/login', { json: { email, password } })
    expect((await desk.call('POST', '/v1/login', { json: { email, password } })).status).toBe(200)
  })
  it('treats SQL in the address as an address', async () => {
    await using desk = await openDesk()
    const { status } = await desk.call('POST', '/v1/login', {
      json: { email: `'or'1'='1'--@x.yz`, password: 'x' },
    })
    expect(status).toBe(401)
  })
})

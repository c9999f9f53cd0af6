import { count } from 'drizzle-orm'
import { afterAll, describe, expect, it } from 'vitest'
import { aUser, openDesk } from '../../adapters/local/testing/identity-desk.ts'
import { outbox } from '../database/schema.ts'
import { refreshTokens, sessions, users } from './schema.ts'

const ada = { email: 'Ada@Example.COM', password: 'correct horse battery', name: 'Ada' }

describe('signing up', () => {
  it('answers 201 with tokens and the user', async () => {
    await using desk = await openDesk()
    const { status, json } = await desk.call('POST', '/v1/signup', { json: ada })
    expect({ status, json }).toMatchObject({
      status: 201,
      json: {
        tokenType: 'Bearer',
        expiresInSeconds: 600,
        user: { email: 'ada@example.com', name: 'Ada', createdAt: '2026-01-01T00:00:00.000Z' },
      },
    })
  })
  it('takes the name from the address where none is given', async () => {
    await using desk = await openDesk()
    const { json } = await desk.call('POST', '/v1/signup', {
      json: { email: 'grace@example.com', password: 'long enough' },
    })
    expect(json.user.name).toBe('grace')
  })
  it('signs in: the access token opens /v1/me', async () => {
    await using desk = await openDesk()
    const { json } = await desk.call('POST', '/v1/signup', { json: ada })
    expect((await desk.call('GET', '/v1/me', { token: json.accessToken })).json).toEqual(json.user)
  })
  it('gives browsers the refresh token in a cookie that no script reads and no other site sends', async () => {
    await using desk = await openDesk()
    const { cookies, json } = await desk.call('POST', '/v1/signup', { json: ada })
    expect(cookies).toEqual([
      `skyreel_refresh=${json.refreshToken}; Path=/v1; Max-Age=2592000; HttpOnly; SameSite=Strict`,
    ])
  })
  it('marks the cookie Secure where the API is reached by https', async () => {
    await using desk = await openDesk({ publicOrigin: 'https://films.example' })
    expect((await desk.call('POST', '/v1/signup', { json: ada })).cookies[0]).toMatch(/; Secure$/)
  })
  it('keeps the answer out of every cache', async () => {
    await using desk = await openDesk()
    expect((await desk.call('POST', '/v1/signup', { json: ada })).headers['cache-control']).toBe('no-store')
  })
  it('publishes user.registered with the user as subject', async () => {
    await using desk = await openDesk()
    const { json } = await desk.call('POST', '/v1/signup', { json: ada })
    expect(desk.published).toMatchObject([
      { type: 'user.registered', subject: json.user.id, data: { userId: json.user.id } },
    ])
  })
  it('stores neither the password nor the refresh token in clear', async () => {
    await using desk = await openDesk()
    const { json } = await desk.call('POST', '/v1/signup', { json: ada })
    const stored = JSON.stringify([
      await desk.ports.db.select().from(users),
      await desk.ports.db.select().from(refreshTokens),
    ])
    expect([
      stored.includes(ada.password),
      stored.includes(json.refreshToken),
      stored.includes('$argon2id$'),
    ]).toEqual([false, false, true])
  })
  it('with an address that is taken, in any case, is 409', async () => {
    await using desk = await openDesk()
    await desk.call('POST', '/v1/signup', { json: ada })
    const again = await desk.call('POST', '/v1/signup', { json: { ...ada, email: 'ADA@example.com' } })
    expect([again.status, again.json.code]).toEqual([409, 'email-taken'])
  })
  it('twenty times at once with one address makes one user, one session and one event', async () => {
    await using desk = await openDesk()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => desk.call('POST', '/v1/signup', { json: ada })),
    )
    const statuses = answers.map((answer) => answer.status).sort()
    const { db } = desk.ports
    const rows = await Promise.all(
      [users, sessions].map(async (table) => (await db.select({ n: count() }).from(table))[0]?.n),
    )
    expect([statuses, rows, desk.published.length]).toEqual([[201, ...Array(19).fill(409)], [1, 1], 1])
  })
  it('that fails half-way leaves no user, no session and no event behind', async () => {
    await using desk = await openDesk()
    const broken = { ...desk.ports.secrets, get: () => Promise.reject(new Error('no key')) }
    Object.assign(desk.ports, { secrets: broken })
    const { status } = await desk.call('POST', '/v1/signup', { json: ada })
    const { db } = desk.ports
    const rows = await Promise.all(
      [users, sessions, outbox].map(async (table) => (await db.select({ n: count() }).from(table))[0]?.n),
    )
    expect([status, rows]).toEqual([500, [0, 0, 0]])
  })
})

describe('signing up with bad input', async () => {
  const desk = await openDesk()
  afterAll(() => desk[Symbol.asyncDispose]())
  it.each([
    ['body.email', { email: 'nobody', password: 'long enough' }],
    ['body.email', { email: 'a b@c.de', password: 'long enough' }],
    ['body.email', { email: `${'a'.repeat(250)}@b.cd`, password: 'long enough' }],
    ['body.email', { email: 'a\u0000@b.cd', password: 'long enough' }],
    ['body.password', { email: 'a@b.cd', password: 'seven77' }],
    ['body.password', { email: 'a@b.cd', password: 'x'.repeat(129) }],
    ['body.password', { email: 'a@b.cd' }],
    ['body.name', { email: 'a@b.cd', password: 'long enough', name: ' ' }],
    ['body', { email: 'a@b.cd', password: 'long enough', role: 'admin' }],
  ])('names %s where it breaks its rule', async (field, json) => {
    const answer = await desk.call('POST', '/v1/signup', { json })
    expect([answer.status, answer.json.errors?.[0]?.field]).toEqual([422, field])
  })
})

describe('a password', () => {
  it.each(['        ', 'ÄÖÜ äöü 密码 🎬', 'x'.repeat(128), ' lead and trail '])(
    'is taken as typed, without rules of composition: %j (ASVS 6.2.5, 6.2.8, 6.2.9)',
    async (password) => {
      await using desk = await openDesk()
      await desk.call('POST', '/v1/signup', { json: { email: 'a@b.cd', password } })
      const same = await desk.call('POST', '/v1/login', { json: { email: 'a@b.cd', password } })
      const trimmed = await desk.call('POST', '/v1/login', {
        json: { email: 'a@b.cd', password: `${password.slice(0, -1)}` },
      })
      expect([same.status, trimmed.status]).toEqual([200, 401])
    },
  )
  it('is told apart by case', async () => {
    await using desk = await openDesk()
    const { email, password } = await aUser(desk)
    expect(
      (await desk.call('POST', '/v1/login', { json: { email, password: password.toUpperCase() } })).status,
    ).toBe(401)
  })
})

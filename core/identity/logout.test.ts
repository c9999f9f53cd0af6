import { describe, expect, it } from 'vitest'
import { aUser, openDesk } from '../../adapters/local/testing/identity-desk.ts'

describe('signing out', () => {
  it('clears the cookie and answers 204', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    const { status, cookies } = await desk.call('POST', '/v1/logout', { cookie: tokens.cookie ?? '' })
    expect([status, cookies]).toEqual([
      204,
      ['skyreel_refresh=; Path=/v1; Max-Age=0; HttpOnly; SameSite=Strict'],
    ])
  })
  it('by cookie ends the refresh token (ASVS 7.4.1)', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await desk.call('POST', '/v1/logout', { cookie: tokens.cookie ?? '' })
    expect(
      (await desk.call('POST', '/v1/refresh', { json: {}, cookie: tokens.cookie ?? '' })).json.code,
    ).toBe('session-ended')
  })
  it('by access token ends the refresh token', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await desk.call('POST', '/v1/logout', { token: tokens.json.accessToken })
    expect(
      (await desk.call('POST', '/v1/refresh', { json: { refreshToken: tokens.json.refreshToken } })).status,
    ).toBe(401)
  })
  it('by an access token that has expired ends the refresh token', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    desk.pass(3600)
    await desk.call('POST', '/v1/logout', { token: tokens.json.accessToken })
    expect(
      (await desk.call('POST', '/v1/refresh', { json: { refreshToken: tokens.json.refreshToken } })).status,
    ).toBe(401)
  })
  it('makes the access token useless at once', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    const token = tokens.json.accessToken
    await desk.call('GET', '/v1/me', { token })
    await desk.call('POST', '/v1/logout', { token })
    expect((await desk.call('GET', '/v1/me', { token })).json.code).toBe('session-ended')
  })
  it('leaves the user’s other devices signed in', async () => {
    await using desk = await openDesk()
    const { email, password, tokens } = await aUser(desk)
    const other = await desk.call('POST', '/v1/login', { json: { email, password } })
    await desk.call('POST', '/v1/logout', { token: tokens.json.accessToken })
    expect((await desk.call('GET', '/v1/me', { token: other.json.accessToken })).status).toBe(200)
  })
  it('twice, or as nobody, is 204 too', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    const sent = { cookie: tokens.cookie ?? '', token: tokens.json.accessToken }
    const statuses = [
      await desk.call('POST', '/v1/logout', sent),
      await desk.call('POST', '/v1/logout', sent),
      await desk.call('POST', '/v1/logout'),
    ]
    expect(statuses.map((answer) => answer.status)).toEqual([204, 204, 204])
  })
  it('with a forged access token is 401', async () => {
    await using desk = await openDesk()
    expect((await desk.call('POST', '/v1/logout', { token: 'a.b.c' })).json.code).toBe('token-invalid')
  })
})

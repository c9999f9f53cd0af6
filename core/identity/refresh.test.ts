import { describe, expect, it } from 'vitest'
import { aUser, type Desk, openDesk } from '../../adapters/local/testing/identity-desk.ts'
import { refreshTokens } from './schema.ts'

const byBody = (desk: Desk, refreshToken: string) =>
  desk.call('POST', '/v1/refresh', { json: { refreshToken } })
const byCookie = (desk: Desk, cookie: string) => desk.call('POST', '/v1/refresh', { json: {}, cookie })

describe('refreshing', () => {
  it('by body answers the next refresh token and a good access token', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    const { status, json } = await byBody(desk, tokens.json.refreshToken)
    const me = await desk.call('GET', '/v1/me', { token: json.accessToken })
    expect([status, json.refreshToken === tokens.json.refreshToken, me.status]).toEqual([200, false, 200])
  })
  it('by cookie sets the next cookie and keeps it from scripts', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    const { status, json, cookie } = await byCookie(desk, tokens.cookie ?? '')
    expect([status, 'refreshToken' in json, cookie === tokens.cookie, cookie?.length]).toEqual([
      200,
      false,
      false,
      43,
    ])
  })
  it('goes on and on', async () => {
    await using desk = await openDesk()
    let { refreshToken } = (await aUser(desk)).tokens.json
    const seen = new Set([refreshToken])
    for (let i = 0; i < 5; i++) {
      desk.pass(3600)
      refreshToken = (await byBody(desk, refreshToken)).json.refreshToken
      seen.add(refreshToken)
    }
    expect([seen.size, seen.has(undefined)]).toEqual([6, false])
  })
  it('without any token is 401', async () => {
    await using desk = await openDesk()
    const { status, json } = await desk.call('POST', '/v1/refresh', { json: {} })
    expect([status, json.code]).toEqual([401, 'refresh-missing'])
  })
  it('with a made-up token is 401', async () => {
    await using desk = await openDesk()
    const { status, json } = await byBody(desk, 'x'.repeat(43))
    expect([status, json.code]).toEqual([401, 'refresh-invalid'])
  })
  it('with an access token is 422 or 401, never good', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    expect([401, 422]).toContain((await byBody(desk, tokens.json.accessToken)).status)
  })
})

describe('a refresh token that comes again', () => {
  it('at once gets the same successor, so that two tabs do not sign anybody out', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    const both = await Promise.all([
      byBody(desk, tokens.json.refreshToken),
      byBody(desk, tokens.json.refreshToken),
    ])
    expect([both.map((b) => b.status), both[0]?.json.refreshToken === both[1]?.json.refreshToken]).toEqual([
      [200, 200],
      true,
    ])
  })
  it('ten times at once makes one successor', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await Promise.all(Array.from({ length: 10 }, () => byBody(desk, tokens.json.refreshToken)))
    expect(await desk.ports.db.select().from(refreshTokens)).toHaveLength(2)
  })
  it('within the grace heals an answer that was lost', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await byBody(desk, tokens.json.refreshToken)
    desk.pass(9)
    const again = await byBody(desk, tokens.json.refreshToken)
    expect((await byBody(desk, again.json.refreshToken)).status).toBe(200)
  })
  it('within the grace, behind its used successor, is 409 and ends nothing', async () => {
    await using desk = await openDesk()
    const first = (await aUser(desk)).tokens.json.refreshToken
    const second = (await byBody(desk, first)).json.refreshToken
    const third = (await byBody(desk, second)).json.refreshToken
    const late = await byBody(desk, first)
    expect([late.status, late.json.code, (await byBody(desk, third)).status]).toEqual([
      409,
      'refresh-repeated',
      200,
    ])
  })
  it('after the grace is taken for stolen', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await byBody(desk, tokens.json.refreshToken)
    desk.pass(11)
    const { status, json } = await byBody(desk, tokens.json.refreshToken)
    expect([status, json.code]).toEqual([401, 'refresh-reused'])
  })
  it('after the grace ends the whole family, the newest token too', async () => {
    await using desk = await openDesk()
    const first = (await aUser(desk)).tokens.json.refreshToken
    const second = (await byBody(desk, first)).json.refreshToken
    desk.pass(11)
    await byBody(desk, first)
    const { status, json } = await byBody(desk, second)
    expect([status, json.code]).toEqual([401, 'session-ended'])
  })
  it('leaves other sessions of the user alone', async () => {
    await using desk = await openDesk()
    const { email, password, tokens } = await aUser(desk)
    const other = await desk.call('POST', '/v1/login', { json: { email, password } })
    await byBody(desk, tokens.json.refreshToken)
    desk.pass(11)
    await byBody(desk, tokens.json.refreshToken)
    expect((await byBody(desk, other.json.refreshToken)).status).toBe(200)
  })
})

describe('a session', () => {
  const DAY = 86_400
  it('that nobody refreshed for thirty days is over', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    desk.pass(30 * DAY)
    const { status, json } = await byBody(desk, tokens.json.refreshToken)
    expect([status, json.code]).toEqual([401, 'session-ended'])
  })
  it('is over after 180 days however often it was refreshed (ASVS 7.3.2)', async () => {
    await using desk = await openDesk()
    let { refreshToken } = (await aUser(desk)).tokens.json
    const statuses: number[] = []
    for (let month = 1; month <= 7; month++) {
      desk.pass(28 * DAY)
      const answer = await byBody(desk, refreshToken)
      statuses.push(answer.status)
      refreshToken = answer.json.refreshToken ?? refreshToken
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 401])
  })
})

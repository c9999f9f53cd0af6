import { describe, expect, it } from 'vitest'
import { aUser, openDesk } from '../../adapters/local/testing/identity-desk.ts'
import { purgeSessions } from './purge.ts'
import { refreshTokens } from './schema.ts'

const DAY = 86_400

describe('the purge of sessions', () => {
  it('removes a session and its tokens thirty days after the sign-out', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await desk.call('POST', '/v1/logout', { token: tokens.json.accessToken })
    desk.pass(30 * DAY + 1)
    expect([await purgeSessions(desk.ports), await desk.ports.db.select().from(refreshTokens)]).toEqual([
      1,
      [],
    ])
  })
  it('keeps a session that ended lately', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await desk.call('POST', '/v1/logout', { token: tokens.json.accessToken })
    desk.pass(29 * DAY)
    expect(await purgeSessions(desk.ports)).toBe(0)
  })
  it('keeps a session that is alive, however old', async () => {
    await using desk = await openDesk()
    await aUser(desk)
    desk.pass(179 * DAY)
    expect(await purgeSessions(desk.ports)).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
import { aUser, type Desk, openDesk } from '../../adapters/local/testing/identity-desk.ts'
import { aRequest } from '../http/testing/request.ts'
import type { SessionId } from '../run/id.ts'
import { authenticate } from './authenticate.ts'
import { revokeSession } from './store.ts'

const ask = (desk: Desk, method: string, token: string) =>
  authenticate(
    aRequest(method, '/v1/videos', { headers: { authorization: `Bearer ${token}` } }),
    desk.ports,
  ).then(
    (actor) => actor?.userId ?? 'nobody',
    (error) => error.facts.code,
  )

/** A session that another process ended: this one was not told. */
async function endedElsewhere(desk: Desk) {
  const { tokens } = await aUser(desk)
  const token: string = tokens.json.accessToken
  await ask(desk, 'GET', token)
  const { sid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: SessionId
  }
  await revokeSession(desk.ports.db, sid, desk.ports.clock.now())
  return { token, userId: tokens.json.user.id }
}

describe('a session that ended elsewhere', () => {
  it('changes nothing any more, from the first request on', async () => {
    await using desk = await openDesk()
    const { token } = await endedElsewhere(desk)
    expect(await ask(desk, 'POST', token)).toBe('session-ended')
  })
  it('reads no more once a change was tried', async () => {
    await using desk = await openDesk()
    const { token } = await endedElsewhere(desk)
    await ask(desk, 'DELETE', token)
    expect(await ask(desk, 'GET', token)).toBe('session-ended')
  })
  it('reads for ten more seconds', async () => {
    await using desk = await openDesk()
    const { token, userId } = await endedElsewhere(desk)
    desk.pass(9)
    expect(await ask(desk, 'GET', token)).toBe(userId)
  })
  it('reads no more after ten seconds', async () => {
    await using desk = await openDesk()
    const { token } = await endedElsewhere(desk)
    desk.pass(10)
    expect(await ask(desk, 'GET', token)).toBe('session-ended')
  })
})

describe('who asks', () => {
  it('is nobody without a header', async () => {
    await using desk = await openDesk()
    expect(await authenticate(aRequest('GET', '/'), desk.ports)).toBeUndefined()
  })
  it('is known again without a query while the look-up is fresh', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await ask(desk, 'GET', tokens.json.accessToken)
    const { db } = desk.ports
    const untouched = new Proxy(db, { get: () => () => expect.unreachable('the database was asked') })
    // The same database by identity is what the cache is kept by, so the trap must sit inside it.
    const select = db.select
    Object.assign(db, { select: untouched.select })
    const who = await ask(desk, 'GET', tokens.json.accessToken)
    Object.assign(db, { select })
    expect(who).toBe(tokens.json.user.id)
  })
})

import { describe, expect, it } from 'vitest'
import { manualClock } from '../local/testing/clock.ts'
import { openManagedIdentity } from './credentials.ts'
import { openIdentity } from './testing/identity.ts'
import { openStrictServer, Refused } from './testing/strict-server.ts'

const SCOPE = 'https://vault.azure.net/.default'
const HOUR = 3_600_000

async function open() {
  const clock = manualClock()
  const server = await openIdentity(() => clock.now().getTime())
  const credential = openManagedIdentity(server.identity, clock)
  return { clock, server, credential, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

describe('the managed identity', () => {
  it('gives a token that its resource takes', async () => {
    await using at = await open()
    const { token = '' } = (await at.credential.getToken(SCOPE)) ?? {}
    expect(() =>
      at.server.check({ authorization: `Bearer ${token}` }, 'https://vault.azure.net'),
    ).not.toThrow()
  })
  it('asks once for calls that come together and those that follow', async () => {
    await using at = await open()
    await Promise.all([at.credential.getToken(SCOPE), at.credential.getToken([SCOPE])])
    await at.credential.getToken(SCOPE)
    expect(at.server.requests).toHaveLength(1)
  })
  it('asks for each resource by itself', async () => {
    await using at = await open()
    const one = await at.credential.getToken(SCOPE)
    expect(await at.credential.getToken('https://management.azure.com/.default')).not.toEqual(one)
  })
  it('gives a new token five minutes before the old one is over', async () => {
    await using at = await open()
    const one = await at.credential.getToken(SCOPE)
    at.clock.advance(24 * HOUR - 5 * 60_000)
    expect(await at.credential.getToken(SCOPE)).not.toEqual(one)
  })
  it('tells what the platform answered, and asks again at the next call', async () => {
    await using at = await open()
    const wrong = openManagedIdentity({ ...at.server.identity, header: 'wrong' }, at.clock)
    for (const _ of [1, 2]) await expect(wrong.getToken(SCOPE)).rejects.toThrow('401')
    expect(at.server.requests).toHaveLength(2)
  })
  it('asks again where the platform is busy', async () => {
    const busy = ['0', '0']
    await using server = await openStrictServer(() => {
      const [after] = busy.splice(0, 1)
      if (after !== undefined) return { status: 429, headers: { 'retry-after': after } }
      return { status: 200, body: { access_token: 't', expires_on: 4102444800 } }
    })
    const identity = { endpoint: server.origin, header: 'h', clientId: undefined }
    const credential = openManagedIdentity(identity, manualClock())
    expect(await credential.getToken(SCOPE)).toMatchObject({ token: 't' })
  })
  it('names the identity that is meant where there are several', async () => {
    await using server = await openStrictServer(({ query }) => {
      if (query.get('client_id') !== 'mine') throw new Refused(400, 'BadRequest', 'which one')
      return { status: 200, body: { access_token: 't', expires_on: '4102444800' } }
    })
    const identity = { endpoint: server.origin, header: 'h', clientId: 'mine' }
    expect(await openManagedIdentity(identity, manualClock()).getToken(SCOPE)).toMatchObject({ token: 't' })
  })
})

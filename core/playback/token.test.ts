import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlaybackDesk, outcome, type PlaybackDesk } from '../../adapters/local/testing/playback-desk.ts'
import type { Secrets } from '../ports/secrets.ts'
import { endSession } from './end-session.ts'
import { readPlaybackToken, signPlaybackToken, signUrlToken } from './token.ts'
import { playbackKeys } from './token-keys.ts'

let at: PlaybackDesk
beforeAll(async () => {
  at = await openPlaybackDesk()
})
afterAll(() => at[Symbol.asyncDispose]())

const opened = async () => (await at.open(await at.aFilm({ visibility: 'public' }))).session
const beat = async (token: string) => (await at.ask('heartbeat', token)).session.token

describe('a heartbeat', () => {
  it('brings another token', async () => {
    const { token } = await opened()
    expect(await beat(token)).not.toBe(token)
  })
  it('keeps the session going for as long as it comes', async () => {
    let { token } = await opened()
    for (let i = 0; i < 20; i++) {
      at.clock.advance(50_000)
      token = await beat(token)
    }
    expect(await outcome(at.ask('clearkey', token))).toBe('ok')
  })
  it('brings the newest token again to whom the answer was lost', async () => {
    const { token } = await opened()
    await beat(token)
    const again = await beat(token)
    expect(await outcome(at.ask('heartbeat', again))).toBe('ok')
  })
  it('with a token that is long replaced ends the session, for two hold its tokens', async () => {
    const { id, token } = await opened()
    const next = await beat(await beat(token))
    const copied = await outcome(at.ask('heartbeat', token))
    const others = await outcome(at.ask('clearkey', next))
    expect([copied, others, (await at.sessionOf(id))?.endedBy]).toEqual([
      'playback-token-replayed',
      'playback-ended',
      'token-copied',
    ])
  })
  it('of twenty at once with one token, each gets the same next one', async () => {
    const { token } = await opened()
    const next = await Promise.all(Array.from({ length: 20 }, () => beat(token)))
    const numbers = await Promise.all(
      next.map(async (one) => (await readPlaybackToken(at.ports, one)).number),
    )
    expect(new Set(numbers)).toEqual(new Set([2]))
  })
})

describe('a token', () => {
  it.each([
    [45_000, 'ok'],
    [45_001, 'playback-token-replayed'],
  ])('is good until its successor is %d ms old: %s', async (ms, result) => {
    const { token } = await opened()
    await beat(token)
    at.clock.advance(ms)
    expect(await outcome(at.ask('clearkey', token))).toBe(result)
  })
  it('is good as long as the answers that hold its successor are lost', async () => {
    const { token } = await opened()
    const asked: string[] = []
    for (let i = 0; i < 4; i++) {
      asked.push(await outcome(at.ask('heartbeat', token)))
      // Given up after 15 seconds, and a heartbeat later the next.
      at.clock.advance(35_000)
    }
    expect(asked).toEqual(['ok', 'ok', 'ok', 'ok'])
  })
  it('that is replaced does not end the session elsewhere than at the heartbeat', async () => {
    const { token } = await opened()
    const next = await beat(await beat(token))
    await outcome(at.ask('clearkey', token))
    expect(await outcome(at.ask('clearkey', next))).toBe('ok')
  })
  it.each([
    [309, 'ok'],
    [310, 'playback-token-expired'],
  ])('of 300 s with ten of clock skew is after %d s %s', async (seconds, result) => {
    const { id, videoId } = await facts()
    const { token } = await signPlaybackToken(at.ports, { sessionId: id, videoId, number: 1 })
    at.clock.advance(seconds * 1000)
    expect(await outcome(readPlaybackToken(at.ports, token))).toBe(result)
  })
  it('is for the address alone that it was given to, where the settings bind it', async () => {
    const bound = { ...at.ports, config: { ...at.ports.config, playbackBindsAddress: true } }
    const { id, videoId } = await facts()
    const of = { sessionId: id, videoId, number: 1, clientIp: '192.0.2.1' }
    const { token } = await signPlaybackToken(bound, of)
    const from = (ip: string) => outcome(at.ask('clearkey', token, { ip }))
    expect([await from('192.0.2.1'), await from('192.0.2.2')]).toEqual(['ok', 'playback-token-invalid'])
  })
  it('says whose it is and nothing that it should keep to itself', async () => {
    const { token } = await opened()
    const claims = JSON.parse(atob(token.split('.')[1] ?? '')) as object
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'n', 'sub', 'vid'])
  })
  it.each([
    ['another audience', { aud: 'skyreel' }],
    ['another issuer', { iss: 'http://elsewhere.example' }],
    ['another type', { typ: 'at+jwt' }],
    ['no algorithm', { alg: 'none' }],
    ['no number', { n: undefined }],
    ['a session that is none', { sub: 'ses_1' }],
  ])('of %s is none of ours', async (_, change) => {
    const { token } = await opened()
    expect(await outcome(at.ask('clearkey', await forged(token, change)))).toBe('playback-token-invalid')
  })
  it('signed with another key is none of ours', async () => {
    const [, claims] = (await opened()).token.split('.')
    const { kid } = await playbackKeys(at.ports)
    const header = { alg: 'HS256', typ: 'pb+jwt', kid }
    const token = new SignJWT(JSON.parse(atob(claims ?? '')))
      .setProtectedHeader(header)
      .sign(new Uint8Array(32))
    expect(await outcome(at.ask('clearkey', await token))).toBe('playback-token-invalid')
  })
  it('of more than a thousand characters is not looked at', async () => {
    expect(await outcome(at.ask('clearkey', 'a'.repeat(1001)))).toBe('playback-token-invalid')
  })
})

const facts = async () => sessionRow((await opened()).id)

async function sessionRow(id: string) {
  const session = await at.sessionOf(id)
  if (!session) throw new Error('the session is gone')
  return session
}

/** Signed with our own key; header and claims are ours but for the change. */
async function forged(token: string, change: Record<string, string | undefined>): Promise<string> {
  const part = (i: number) => JSON.parse(atob(token.split('.')[i] ?? '')) as Record<string, string>
  const [header, claims] = [part(0), part(1)]
  if (change.alg)
    return `${btoa(JSON.stringify({ ...header, alg: 'none' })).replaceAll('=', '')}.${token.split('.')[1]}.`
  const { typ = header.typ, ...others } = change
  const { kid, byKid } = await playbackKeys(at.ports)
  return new SignJWT({ ...claims, ...others })
    .setProtectedHeader({ ...header, alg: 'HS256', typ: typ ?? '' })
    .sign(byKid.get(kid) ?? new Uint8Array())
}

describe('the token of a URL that a player keeps', () => {
  const kept = async () => {
    const { id: sessionId, token } = await opened()
    const { videoId } = await sessionRow(sessionId)
    return { sessionId, token, url: await signUrlToken(at.ports, { sessionId, videoId }) }
  }
  it.each(['playlist', 'key', 'stream'] as const)(
    'opens the door %s, however many heartbeats there were',
    async (door) => {
      const { token, url } = await kept()
      let next = token
      for (let i = 0; i < 30; i++) {
        at.clock.advance(20_000)
        next = await beat(next)
      }
      expect(await outcome(at.ask(door, url))).toBe('ok')
    },
  )
  it.each(['heartbeat', 'clearkey', 'widevine', 'playready', 'fairplay'] as const)(
    'does not open the door %s',
    async (door) => {
      expect(await outcome(at.ask(door, (await kept()).url))).toBe('playback-token-invalid')
    },
  )
  it('is worth nothing once the session is over', async () => {
    const { url } = await kept()
    at.clock.advance(60_000)
    expect(await outcome(at.ask('playlist', url))).toBe('playback-ended')
  })
  it('does not close the session', async () => {
    const { url: token, sessionId: id } = await kept()
    expect(await outcome(endSession(at.ports, { id, token, actor: undefined }))).toBe(
      'playback-token-invalid',
    )
  })
})

describe('while the keys rotate', () => {
  const key = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [older, newer] = [key(), key()]
  const portsWith = (...keys: object[]) => {
    const secrets: Secrets = { get: async () => JSON.stringify({ keys }) }
    return { ...at.ports, secrets }
  }
  const read = async (signer: object[], reader: object[]) => {
    const { id: sessionId, videoId } = await facts()
    const { token } = await signPlaybackToken(portsWith(...signer), { sessionId, videoId, number: 1 })
    return outcome(readPlaybackToken(portsWith(...reader), token))
  }
  it.each([
    ['the older is good where the newer signs', [older], [newer, older], 'ok'],
    ['the newer is good where the older still signs', [newer, older], [older, newer], 'ok'],
    ['the older is over once it is taken out', [older], [newer], 'playback-token-invalid'],
  ] as const)('a token of %s', async (_, signer, reader, result) => {
    expect(await read([...signer], [...reader])).toBe(result)
  })
})

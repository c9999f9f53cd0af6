import { eq } from 'drizzle-orm'
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { aUser, type Desk, openDesk } from '../../adapters/local/testing/identity-desk.ts'
import { users } from './schema.ts'

const me = (desk: Desk, authorization: string) => desk.call('GET', '/v1/me', { headers: { authorization } })
const codeOf = async (desk: Desk, authorization: string) => {
  const { status, json } = await me(desk, authorization)
  return `${status} ${json.code}`
}

/** A token made with the API's own key, so that one claim at a time can be wrong. */
async function sign(
  desk: Desk,
  claims: JWTPayload,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const { keys } = (await desk.call('GET', '/.well-known/jwks.json')).json
  const key = await importJWK(JSON.parse(await desk.ports.secrets.get('token-key')), 'EdDSA')
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: keys[0].kid, ...header })
    .sign(key)
}

async function claimsOf(desk: Desk): Promise<JWTPayload> {
  const { tokens } = await aUser(desk)
  return JSON.parse(Buffer.from(tokens.json.accessToken.split('.')[1], 'base64url').toString())
}

describe('an access token', async () => {
  // For the lists below, which change nothing in it.
  const desk = await openDesk()
  afterAll(() => desk[Symbol.asyncDispose]())
  it('opens what needs a user', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    expect((await me(desk, `Bearer ${tokens.json.accessToken}`)).status).toBe(200)
  })
  it('holds issuer, audience, subject, session and times, and nothing about the person', async () => {
    await using desk = await openDesk()
    const claims = await claimsOf(desk)
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sid', 'sub'])
  })
  it('that expired is 401 token-expired', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    desk.pass(600)
    expect(await codeOf(desk, `Bearer ${tokens.json.accessToken}`)).toBe('401 token-expired')
  })
  it('that expired after it was seen is 401 token-expired', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await me(desk, `Bearer ${tokens.json.accessToken}`)
    desk.pass(600)
    expect(await codeOf(desk, `Bearer ${tokens.json.accessToken}`)).toBe('401 token-expired')
  })
  it('is good until its last second', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    desk.pass(599)
    expect((await me(desk, `Bearer ${tokens.json.accessToken}`)).status).toBe(200)
  })
  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer a.b.c',
    'Bearer a b',
    'Basic YTpi',
    'Bearer ..',
    'Bearer null',
    `Bearer ${'a.'.repeat(50_000)}`,
  ])('that is none (%#) is 401 token-invalid', async (authorization) => {
    expect(await codeOf(desk, authorization)).toBe('401 token-invalid')
  })
  it('with one byte of its claims changed is refused', async () => {
    await using desk = await openDesk()
    const [head, body, signature] = (await aUser(desk)).tokens.json.accessToken.split('.')
    const changed = Buffer.from(
      Buffer.from(body, 'base64url').toString().replace('skyreel', 'skyreal'),
    ).toString('base64url')
    expect(await codeOf(desk, `Bearer ${head}.${changed}.${signature}`)).toBe('401 token-invalid')
  })
  it('with algorithm none and no signature is refused', async () => {
    await using desk = await openDesk()
    const [, body] = (await aUser(desk)).tokens.json.accessToken.split('.')
    const head = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    expect(await codeOf(desk, `Bearer ${head}.${body}.`)).toBe('401 token-invalid')
  })
  it('signed by HMAC with the public key as its secret is refused', async () => {
    await using desk = await openDesk()
    const claims = await claimsOf(desk)
    const { keys } = (await desk.call('GET', '/.well-known/jwks.json')).json
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys[0].kid })
      .sign(Buffer.from(keys[0].x, 'base64url'))
    expect(await codeOf(desk, `Bearer ${forged}`)).toBe('401 token-invalid')
  })
  it('signed by another key under our key id is refused', async () => {
    await using desk = await openDesk()
    const claims = await claimsOf(desk)
    const { keys } = (await desk.call('GET', '/.well-known/jwks.json')).json
    const { privateKey } = await generateKeyPair('EdDSA')
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: keys[0].kid })
      .sign(privateKey)
    expect(await codeOf(desk, `Bearer ${forged}`)).toBe('401 token-invalid')
  })
  it('that brings its own key along is refused', async () => {
    await using desk = await openDesk()
    const claims = await claimsOf(desk)
    const { privateKey, publicKey } = await generateKeyPair('EdDSA')
    const jwk = await exportJWK(publicKey)
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', jwk })
      .sign(privateKey)
    expect(await codeOf(desk, `Bearer ${forged}`)).toBe('401 token-invalid')
  })
  it('made again with our key and the same claims is good: the tests below change one thing', async () => {
    await using desk = await openDesk()
    expect((await me(desk, `Bearer ${await sign(desk, await claimsOf(desk))}`)).status).toBe(200)
  })
  it.each([
    ['another issuer', { iss: 'http://localhost:8081' }],
    ['another audience', { aud: 'other' }],
    ['no expiry', { exp: undefined }],
    ['no session', { sid: undefined }],
    ['no subject', { sub: undefined }],
    ['a session id that is none', { sid: 'ses_1' }],
    ['a subject of another kind', { sub: 'vid_01234567012370128012012345678901' }],
    ['a start in the future', { nbf: 4_000_000_000 }],
  ])('with %s is refused', async (_, change) => {
    const token = await sign(desk, { ...(await claimsOf(desk)), ...change } as JWTPayload)
    expect(await codeOf(desk, `Bearer ${token}`)).toBe('401 token-invalid')
  })
  it('of another type is refused', async () => {
    await using desk = await openDesk()
    expect(await codeOf(desk, `Bearer ${await sign(desk, await claimsOf(desk), { typ: 'JWT' })}`)).toBe(
      '401 token-invalid',
    )
  })
  it('answers with the challenge of RFC 6750', async () => {
    await using desk = await openDesk()
    expect((await me(desk, 'Bearer x')).headers['www-authenticate']).toBe('Bearer error="invalid_token"')
  })
  it('of an account that is gone is refused', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    await desk.ports.db.delete(users).where(eq(users.id, tokens.json.user.id))
    expect(await codeOf(desk, `Bearer ${tokens.json.accessToken}`)).toBe('401 session-ended')
  })
  it('of another installation is refused', async () => {
    await using here = await openDesk()
    await using there = await openDesk()
    const { tokens } = await aUser(there)
    expect(await codeOf(here, `Bearer ${tokens.json.accessToken}`)).toBe('401 token-invalid')
  })
})

describe('the published keys', () => {
  it('are public halves alone', async () => {
    await using desk = await openDesk()
    const { keys } = (await desk.call('GET', '/.well-known/jwks.json')).json
    expect(keys.map(Object.keys)).toEqual([['kty', 'crv', 'x', 'kid', 'alg', 'use']])
  })
  it('verify an access token', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    const { createLocalJWKSet, jwtVerify } = await import('jose')
    const keys = createLocalJWKSet((await desk.call('GET', '/.well-known/jwks.json')).json)
    const { payload } = await jwtVerify(tokens.json.accessToken, keys, {
      audience: 'skyreel',
      currentDate: desk.ports.clock.now(),
    })
    expect(payload.sub).toBe(tokens.json.user.id)
  })
  it('may be rotated: tokens of the older key stay good, new ones are signed by the new', async () => {
    await using desk = await openDesk()
    const { tokens } = await aUser(desk)
    const old = JSON.parse(await desk.ports.secrets.get('token-key'))
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    const next = await exportJWK(privateKey)
    Object.assign(desk.ports, { secrets: { get: async () => JSON.stringify({ keys: [next, old] }) } })
    const before = await me(desk, `Bearer ${tokens.json.accessToken}`)
    const after = await aUser(desk)
    expect([
      before.status,
      (await me(desk, `Bearer ${after.tokens.json.accessToken}`)).status,
      kidOf(after.tokens.json.accessToken) === kidOf(tokens.json.accessToken),
    ]).toEqual([200, 200, false])
  })
  it('that cannot be read are an error that does not tell the key', async () => {
    await using desk = await openDesk()
    Object.assign(desk.ports, { secrets: { get: async () => 'd4c3b2a1-not-json' } })
    const { tokenKeys } = await import('./token-keys.ts')
    await expect(tokenKeys(desk.ports)).rejects.toThrow(/^the secret token-key is not a JSON web key$/)
  })
})

const kidOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

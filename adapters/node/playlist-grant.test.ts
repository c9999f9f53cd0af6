import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { keyList } from './key-list.ts'
import { playlistGrant, readPlaylistGrant } from './playlist-grant.ts'

const [NEW, OLD] = [0, 1].map(() => randomBytes(32).toString('base64url'))
const expiresAt = new Date('2026-01-01T01:00:00Z')
const facts = { prefix: 'v/1/', expiresAt }
const asked = { key: 'v/1/a.m3u8', clientIp: '192.0.2.1' }

describe('the grant of a playlist', () => {
  it.each([
    ['one key', `${NEW}`, `${NEW}`],
    ['the older key of a list', `${OLD}`, JSON.stringify([NEW, OLD])],
    ['the newer key of a list', JSON.stringify([NEW, OLD]), `${NEW}`],
  ])('is read by %s', (_, signing, reading) => {
    expect(readPlaylistGrant(reading, playlistGrant(signing, facts), asked)).toEqual(facts)
  })
  it('is signed by no key but the first of a list', () => {
    const grant = playlistGrant(JSON.stringify([NEW, OLD]), facts)
    expect(readPlaylistGrant(`${OLD}`, grant, asked)).toBeUndefined()
  })
  it('is for the address alone that it was made for, and says so', () => {
    const grant = playlistGrant(`${NEW}`, { ...facts, clientIp: asked.clientIp })
    const others = { ...asked, clientIp: '192.0.2.2' }
    expect([readPlaylistGrant(`${NEW}`, grant, asked), readPlaylistGrant(`${NEW}`, grant, others)]).toEqual([
      ...[{ ...facts, clientIp: asked.clientIp }, undefined],
    ])
  })
  it('cannot be freed from its address by leaving the mark away, nor bound by adding it', () => {
    const bound = playlistGrant(`${NEW}`, { ...facts, clientIp: asked.clientIp })
    const changed = [bound.replace(/\.ip$/, ''), `${playlistGrant(`${NEW}`, facts)}.ip`]
    expect(changed.map((grant) => readPlaylistGrant(`${NEW}`, grant, asked))).toEqual([undefined, undefined])
  })
})

describe('a list of keys', () => {
  it.each(['[', '[]', '[""]', '[1]'])('that has none is refused, and nothing of it is told: %s', (secret) => {
    expect(() => keyList(secret)).toThrow(
      /^a (?:list of keys in a secret has no key|secret begins as a JSON list)/,
    )
  })
  it('is repeated in no error where it cannot be parsed', () => {
    const messages: string[] = []
    try {
      keyList('["a-secret-key", oops]')
    } catch (error) {
      messages.push(String(error), String((error as Error).cause))
    }
    expect(messages).toEqual(['Error: a secret begins as a JSON list and is none', 'undefined'])
  })
})

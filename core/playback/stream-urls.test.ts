import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { playlistUrl, publicName, readPlaylistFile, storedName } from './stream-urls.ts'

const VIDEO = 'vid_0190a0000000700080000000000000ab'

describe('the URL of a rewritten playlist', () => {
  it.each(['master.m3u8', '720p/index.m3u8', 'audio-0-en/index.m3u8', 'captions-zh-Hant.m3u8'])(
    'reads back as %s',
    (name) => {
      const { pathname } = new URL(playlistUrl('https://api', { videoId: VIDEO, name, token: 't' }))
      expect(readPlaylistFile(decodeURIComponent(pathname.split('/').at(-1) ?? ''))).toEqual({
        videoId: VIDEO,
        name,
      })
    },
  )
  it('carries any token whole', () => {
    const token = 'a+b/c=&d#e'
    const url = new URL(playlistUrl('https://api', { videoId: VIDEO, name: 'master.m3u8', token }))
    expect(url.searchParams.get('token')).toBe(token)
  })
  it.each([
    ...['', 'master.m3u8', `${VIDEO}~`, `${VIDEO}~.m3u8`, `${VIDEO}~a.m4s`, `${VIDEO}/master.m3u8`],
    ...[
      `${VIDEO}~..~master.m3u8`,
      `${VIDEO}~a/b.m3u8`,
      `${VIDEO}~a~b~c~d.m3u8`,
      `${VIDEO.toUpperCase()}~a.m3u8`,
    ],
  ])('is of no other form: %s', (file) => {
    expect(readPlaylistFile(file)).toBeUndefined()
  })
  it('leads for whatever is written to a plain name below the film, or nowhere', () => {
    const name = fc.string({ unit: fc.constantFrom(...'ab~./\\%\0é-_'), maxLength: 12 })
    const safe = fc.property(name, (text) => {
      const found = readPlaylistFile(`${VIDEO}~${text}.m3u8`)
      expect(found?.name ?? 'a.m3u8').toMatch(/^[\w-]+(?:\/[\w-]+)*\.m3u8$/)
    })
    fc.assert(safe, { numRuns: 1000 })
  })
})

it('the stored name of a playlist has the revision, and nothing else changes', () => {
  expect([
    storedName('720p/index.m3u8', 12),
    publicName('720p/index.12.m3u8', 12),
    publicName('a.1.m3u8', 12),
  ]).toEqual([...['720p/index.12.m3u8', '720p/index.m3u8', 'a.1.m3u8']])
})

import { describe, expect, it } from 'vitest'
import { writeDash } from './dash.ts'
import type { FilmTracks } from './film-tracks.ts'
import { writeHls } from './hls.ts'
import { ManifestRefused } from './signed-dash.ts'
import { type PlaylistKind, playlistKind, signPlaylist } from './signed-playlist.ts'

const KEY = 'v/1/720p/index.1.m3u8'

/** Signs by writing the key down, so that a test sees which file a URI led to. */
function signed(text: string, kind: PlaylistKind = 'hls', key = KEY): Promise<string> {
  const prefix = 'v/1/'
  return signPlaylist(text, kind, {
    key,
    prefix,
    sign: async (file) => `https://cdn/${prefix}${file}?a=1&b=2`,
  })
}

const FILM: FilmTracks = {
  durationSeconds: 10,
  video: [
    {
      name: '720p',
      codecs: 'avc1.64001f',
      timescale: 1000,
      width: 1280,
      height: 720,
      frameRate: { num: 25, den: 1 },
      segments: [4000, 4000, 2000].map((durationTicks, i) => ({
        number: i + 1,
        durationTicks,
        sizeBytes: 1000,
        keyframes: [{ offset: 100, sizeBytes: 500, durationTicks }],
      })),
    },
  ],
  audio: [
    {
      name: 'audio-0-en',
      codecs: 'mp4a.40.2',
      timescale: 48_000,
      language: 'en',
      label: 'English',
      isDefault: true,
      channels: 2,
      sampleRate: 48_000,
      segments: [{ number: 1, durationTicks: 480_000, sizeBytes: 100, keyframes: [] }],
    },
  ],
  captions: [{ language: 'de', label: 'Deutsch', isDefault: false, file: 'captions/de.vtt' }],
}

/** Every URI of our own playlists, as a player that knows nothing of signatures would find them. */
const urisOf = (text: string): string[] => [
  ...text.split('\n').filter((line) => line !== '' && !/^[#<\s]/.test(line)),
  ...[...text.matchAll(/URI="([^"]*)"|(?:sourceURL|media|initialization)="([^"]*)"|<BaseURL>([^<]*)</g)].map(
    ([, ...found]) => found.find((uri) => uri !== undefined) ?? '',
  ),
]

describe('signing HLS playlists', () => {
  it('leaves no URI of a film’s playlists unsigned', async () => {
    const files = writeHls(FILM, { revision: 1 })
    const all = await Promise.all(files.map(({ name, text }) => signed(text, 'hls', `v/1/${name}`)))
    const uris = all.flatMap(urisOf)
    expect([uris.length, uris.filter((uri) => !uri.startsWith('https://cdn/v/1/'))]).toEqual([15, []])
  })
  it('resolves a URI against its playlist, percent-encoding undone', async () => {
    expect(await signed('#EXTM3U\n../1%20%C3%A4.m4s\n')).toBe('#EXTM3U\nhttps://cdn/v/1/1 ä.m4s?a=1&b=2\n')
  })
  it('keeps byte ranges and all other lines as they are', async () => {
    const text = '#EXTM3U\r\n#EXT-X-BYTERANGE:500@100\r\n# a comment, URI="x"\r\n\r\n1.m4s\r\n#EXT-X-ENDLIST'
    expect(await signed(text)).toBe(text.replace('1.m4s', 'https://cdn/v/1/720p/1.m4s?a=1&b=2'))
  })
  it('signs the URI attribute alone, whatever stands in the others', async () => {
    const text = '#EXT-X-MEDIA:TYPE=AUDIO,NAME="x,URI=",X-URI="no",URI="a.m3u8",CHANNELS="2"'
    expect(await signed(text)).toBe(text.replace('"a.m3u8"', '"https://cdn/v/1/720p/a.m3u8?a=1&b=2"'))
  })
  it.each([
    'https://keys.example/1',
    'skd://key',
    'data:text/plain,x',
    '//evil.example/x',
    '/v/1/x.m4s',
    '../../2/x.m4s',
    '%2e%2e/%2e%2e/2/x.m4s',
    'x.m4s?sig=1',
  ])('leaves %s as it is', async (uri) => {
    expect(await signed(`#EXT-X-KEY:METHOD=AES-128,URI="${uri}"`)).toBe(
      `#EXT-X-KEY:METHOD=AES-128,URI="${uri}"`,
    )
  })
  it.each(['..%2F..%2F..%2Fv/2/1.m4s', 'a%2F%2Fb.m4s', 'a%5Cb.m4s', 'a%00.m4s'])(
    'leaves %s, which is no key of ours',
    async (uri) => {
      expect(await signed(`${uri}\n`)).toBe(`${uri}\n`)
    },
  )
  it('signs each file once, however often a playlist names it', async () => {
    const asked: string[] = []
    const sign = async (file: string) => {
      asked.push(file)
      return file
    }
    await signPlaylist('1.m4s\n1.m4s\n2.m4s\n', 'hls', { key: KEY, prefix: 'v/1/', sign })
    expect(asked).toEqual(['720p/1.m4s', '720p/2.m4s'])
  })
})

describe('signing WebVTT', () => {
  it('signs the sheets of a storyboard and keeps the place on them', async () => {
    const cue = '00:00.000 --> 00:01.000\n'
    expect(await signed(`WEBVTT\n\n${cue}s-0.jpg#xywh=160,0,160,90\n`, 'vtt', 'v/1/storyboard.vtt')).toBe(
      `WEBVTT\n\n${cue}https://cdn/v/1/s-0.jpg?a=1&b=2#xywh=160,0,160,90\n`,
    )
  })
  it('leaves captions as they are', async () => {
    const text = 'WEBVTT\n\n1\n00:00.000 --> 00:01.000\n- Look at film.jpg\nwww.example.org/a.jpg\n'
    expect(await signed(text, 'vtt')).toBe(text)
  })
})

describe('signing DASH manifests', () => {
  const manifest = writeDash(FILM, { revision: 1 }).text
  const dash = (text: string) => signed(text, 'dash', 'v/1/manifest.1.mpd')

  it('leaves no URI of a film’s manifest unsigned', async () => {
    const uris = urisOf(await dash(manifest))
    expect([uris.length, uris.filter((uri) => !uri.startsWith('https://cdn/v/1/'))]).toEqual([7, []])
  })
  it('writes a template as the list of its segments, escaped, on the same timeline', async () => {
    const lines = (await dash(manifest)).split('\n').map((line) => line.trim())
    const at = lines.findIndex((line) => line.startsWith('<SegmentList'))
    expect(lines.slice(at, at + 10)).toEqual([
      '<SegmentList timescale="1000">',
      '<Initialization sourceURL="https://cdn/v/1/720p/init.mp4?a=1&amp;b=2"/>',
      '<SegmentTimeline>',
      '<S t="0" d="4000" r="1"/>',
      '<S d="2000"/>',
      '</SegmentTimeline>',
      ...[1, 2, 3].map((n) => `<SegmentURL media="https://cdn/v/1/720p/${n}.m4s?a=1&amp;b=2"/>`),
      '</SegmentList>',
    ])
  })
  it('does not claim a profile that forbids lists', async () => {
    expect(await dash(manifest)).toContain('profiles="urn:mpeg:dash:profile:full:2011"')
  })
  it('reads a dollar sign and an ampersand in the name of a track', async () => {
    const film = { ...FILM, video: [], audio: FILM.audio.map((track) => ({ ...track, name: 'a$b&c' })) }
    const uris = urisOf(await dash(writeDash(film, { revision: 1 }).text))
    expect(uris).toContain('https://cdn/v/1/a$b&amp;c/1.m4s?a=1&amp;b=2')
  })
  it.each([
    ['a base for everything', manifest.replace('<Period', '<BaseURL>x/</BaseURL><Period')],
    ['a word that we do not write', manifest.replace('$Number$', '$Time$')],
    ['an endless run', manifest.replace('r="1"', 'r="-1"')],
    ['a template without a timeline', manifest.replaceAll('SegmentTimeline', 'Other')],
    ['an address elsewhere', manifest.replace('<Period', '<Period xlink:href="x"')],
    ['something else', '#EXTM3U'],
  ])('refuses a manifest with %s', async (_, text) => {
    expect(text).not.toBe(manifest)
    await expect(dash(text)).rejects.toThrow(ManifestRefused)
  })
})

describe('kinds of playlists', () => {
  it.each([
    ['v/master.1.m3u8', 'hls'],
    ['a.MPD', 'dash'],
    ['a/b.vtt', 'vtt'],
    ['a.m4s', undefined],
    ['m3u8', undefined],
    ['toString', undefined],
  ])('%s is %s', (name, kind) => {
    expect(playlistKind(name)).toBe(kind)
  })
})

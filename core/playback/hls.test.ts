import { describe, expect, it } from 'vitest'
import type { Segment } from '../ports/media.ts'
import type { AudioTrack, FilmTracks, VideoTrack } from './film-tracks.ts'
import { writeHls } from './hls.ts'

const keyframes = [0, 60_060, 120_120].map((start) => ({
  offset: start / 60,
  sizeBytes: 500,
  durationTicks: 60_060,
}))
const segment = (number: number, durationTicks: number, sizeBytes: number): Segment => ({
  number,
  durationTicks,
  sizeBytes,
  keyframes,
})

/** Thirteen seconds at 29.97 frames a second and about this average rate. */
const rung = (name: string, height: number, bitsPerSecond: number): VideoTrack => ({
  name,
  width: (height * 16) / 9,
  height,
  frameRate: { num: 30_000, den: 1001 },
  codecs: 'avc1.64001f',
  timescale: 30_000,
  segments: [
    segment(1, 180_180, Math.round((bitsPerSecond * 6.006) / 8)),
    segment(2, 180_180, Math.round((bitsPerSecond * 6.006) / 8)),
    segment(3, 30_030, Math.round((bitsPerSecond * 1.001) / 8)),
  ],
})
const sound = (name: string, language: string, facts: Partial<AudioTrack> = {}): AudioTrack => ({
  name,
  language,
  label: language,
  channels: 2,
  sampleRate: 48_000,
  codecs: 'mp4a.40.2',
  timescale: 48_000,
  segments: [segment(1, 288_768, 96_000), segment(2, 288_768, 96_000), segment(3, 47_104, 16_000)],
  isDefault: false,
  ...facts,
})
const film = (facts: Partial<FilmTracks>): FilmTracks => ({
  video: [],
  audio: [],
  captions: [],
  durationSeconds: 13.013,
  ...facts,
})

function text(tracks: FilmTracks, name: string): string {
  const file = writeHls(tracks, { revision: 7 }).find((f) => f.name === name)
  if (file === undefined) throw new Error(`no ${name}`)
  return file.text
}
const master = (facts: Partial<FilmTracks>) => text(film(facts), 'master.7.m3u8').split('\n')
const variants = (lines: readonly string[]) =>
  lines.filter((_, index) => lines[index - 1]?.startsWith('#EXT-X-STREAM-INF:'))
const media = (lines: readonly string[]) => lines.filter((line) => line.startsWith('#EXT-X-MEDIA:'))

const LADDER = [
  rung('1080p', 1080, 5_000_000),
  rung('144p', 144, 110_000),
  rung('720p', 720, 2_800_000),
  rung('480p', 480, 1_200_000),
]

describe('the master playlist', () => {
  it('begins with the variant nearest to 2000 kb/s and goes on ascending', () => {
    expect(variants(master({ video: LADDER }))).toEqual(
      ['480p', '144p', '720p', '1080p'].map((name) => `${name}/index.7.m3u8`),
    )
  })

  it('tells of a variant what it measured and what it needs', () => {
    const [line] = master({ video: [rung('720p', 720, 2_800_000)], audio: [sound('a', 'en')] }).filter((l) =>
      l.startsWith('#EXT-X-STREAM-INF:'),
    )
    expect(line).toBe(
      '#EXT-X-STREAM-INF:BANDWIDTH=2928049,AVERAGE-BANDWIDTH=2927869,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,VIDEO-RANGE=SDR,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE',
    )
  })

  it('has an I-frame variant for each rung', () => {
    expect(
      master({ video: LADDER }).filter((line) => line.startsWith('#EXT-X-I-FRAME-STREAM-INF:')),
    ).toHaveLength(4)
  })

  it('makes the first audio the default where none is marked', () => {
    const lines = media(master({ video: LADDER, audio: [sound('a', 'en'), sound('b', 'de')] }))
    expect(lines.map((line) => /DEFAULT=(\w+)/.exec(line)?.[1])).toEqual(['YES', 'NO'])
  })

  it('makes one audio the default where several are marked', () => {
    const marked = [sound('a', 'en', { isDefault: true }), sound('b', 'de', { isDefault: true })]
    const lines = media(master({ video: LADDER, audio: marked }))
    expect(lines.filter((line) => line.includes('DEFAULT=YES'))).toHaveLength(1)
  })

  it('gives tracks of one label different names', () => {
    const same = [sound('a', 'en', { label: 'English' }), sound('b', 'en', { label: 'English' })]
    const lines = media(master({ video: LADDER, audio: same }))
    expect(lines.map((line) => /NAME="([^"]+)"/.exec(line)?.[1])).toEqual(['English', 'English (2)'])
  })

  it('lets players choose one track of each language by themselves', () => {
    const same = [sound('a', 'en'), sound('b', 'de'), sound('c', 'de', { isDefault: true })]
    const lines = media(master({ video: LADDER, audio: same }))
    expect(lines.map((line) => /AUTOSELECT=(\w+)/.exec(line)?.[1])).toEqual(['YES', 'NO', 'YES'])
  })

  it('says nothing of a language that nobody knows', () => {
    expect(media(master({ video: LADDER, audio: [sound('a', 'und')] })).join()).not.toContain('LANGUAGE')
  })

  it('keeps a label with quotes and line breaks inside its attribute', () => {
    const captions = [
      { language: 'en', label: 'a",DEFAULT=YES\n#EXT-X-KEY', file: '../c.vtt', isDefault: false },
    ]
    expect(media(master({ video: LADDER, captions }))).toEqual([
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="a',DEFAULT=YES #EXT-X-KEY",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="captions-en.7.m3u8"`,
    ])
  })

  it('names no audio group for a picture without sound', () => {
    expect(master({ video: LADDER }).join('\n')).not.toContain('AUDIO')
  })

  it('has one variant for sound alone', () => {
    expect(variants(master({ audio: [sound('a', 'en'), sound('b', 'de', { isDefault: true })] }))).toEqual([
      'b/index.7.m3u8',
    ])
  })

  it('names no group for sound alone in one language', () => {
    expect(media(master({ audio: [sound('a', 'en')] }))).toEqual([])
  })

  it('is refused for a film of captions alone', () => {
    expect(() => writeHls(film({}), { revision: 1 })).toThrow('without video and audio')
  })
})

describe('the media playlists', () => {
  it('give each segment its exact duration', () => {
    expect(text(film({ video: LADDER }), '720p/index.7.m3u8')).toContain(
      '#EXTINF:6.006,\n2.m4s\n#EXTINF:1.001,\n3.m4s\n#EXT-X-ENDLIST',
    )
  })

  it('sum up to the film within one frame over a whole day', () => {
    const segments = Array.from({ length: 14_400 }, (_, index) => segment(index + 1, 287_744, 1))
    const long = film({ audio: [sound('a', 'en', { segments })] })
    const sum = [...text(long, 'a/index.7.m3u8').matchAll(/#EXTINF:([\d.]+)/g)].reduce(
      (s, m) => s + Number(m[1]),
      0,
    )
    expect(Math.abs(sum - (14_400 * 287_744) / 48_000)).toBeLessThan(1 / 60)
  })

  it('share one target duration over video and audio', () => {
    const longer = sound('a', 'en', { segments: [segment(1, 6.6 * 48_000, 1)] })
    const both = film({ video: LADDER, audio: [longer] })
    const targets = ['144p/index.7.m3u8', 'a/index.7.m3u8'].map(
      (name) => /TARGETDURATION:(\d+)/.exec(text(both, name))?.[1],
    )
    expect(targets).toEqual(['7', '7'])
  })

  it('name each key frame by its bytes', () => {
    expect(text(film({ video: LADDER }), '720p/iframes.7.m3u8')).toContain(
      '#EXTINF:2.002,\n#EXT-X-BYTERANGE:500@1001\n1.m4s\n',
    )
  })

  it('have captions as one segment as long as the film', () => {
    const captions = [{ language: 'en', label: 'English', file: '../captions/en-1.vtt', isDefault: false }]
    expect(text(film({ video: LADDER, captions }), 'captions-en.7.m3u8')).toContain(
      '#EXTINF:13.013,\n../captions/en-1.vtt\n',
    )
  })
})

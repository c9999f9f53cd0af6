import { describe, expect, it } from 'vitest'
import type { Segment } from '../ports/media.ts'
import { writeDash } from './dash.ts'
import type { AudioTrack, FilmTracks, VideoTrack } from './film-tracks.ts'

const segments = (...ticks: readonly number[]): Segment[] =>
  ticks.map((durationTicks, index) => ({ number: index + 1, durationTicks, sizeBytes: 1000, keyframes: [] }))
const picture = (facts: Partial<VideoTrack> = {}): VideoTrack => ({
  name: '720p',
  width: 1280,
  height: 720,
  frameRate: { num: 30_000, den: 1001 },
  codecs: 'avc1.64001f',
  timescale: 30_000,
  segments: segments(180_180, 180_180, 180_180, 30_030),
  ...facts,
})
const sound = (facts: Partial<AudioTrack> = {}): AudioTrack => ({
  name: 'audio-0',
  language: 'en',
  label: 'English',
  channels: 2,
  sampleRate: 48_000,
  codecs: 'mp4a.40.2',
  timescale: 48_000,
  segments: segments(288_768, 288_768),
  isDefault: false,
  ...facts,
})
const manifest = (facts: Partial<FilmTracks>) =>
  writeDash({ video: [], audio: [], captions: [], durationSeconds: 19.019, ...facts }, { revision: 3 }).text

describe('the manifest', () => {
  it('is named by its revision', () => {
    const film = { video: [picture()], audio: [], captions: [], durationSeconds: 1 }
    expect(writeDash(film, { revision: 3 }).name).toBe('manifest.3.mpd')
  })

  it('writes equal segments as one run', () => {
    expect(manifest({ video: [picture()] })).toMatch(/<S t="0" d="180180" r="2"\/>\s+<S d="30030"\/>/)
  })

  it('takes up a run again after another duration', () => {
    const track = picture({ segments: segments(5, 5, 7, 5) })
    expect(manifest({ video: [track] })).toMatch(/<S t="0" d="5" r="1"\/>\s+<S d="7"\/>\s+<S d="5"\/>/)
  })

  it('gives the frame rate as a fraction', () => {
    expect(manifest({ video: [picture()] })).toContain('frameRate="30000/1001"')
  })

  it('gives a whole frame rate as a number', () => {
    expect(manifest({ video: [picture({ frameRate: { num: 25, den: 1 } })] })).toContain('frameRate="25"')
  })

  it('lasts as long as the film', () => {
    expect(manifest({ video: [picture()] })).toContain('mediaPresentationDuration="PT19.019S"')
  })

  it('has a set for each language and says which is the main one', () => {
    const audio = [sound({ name: 'a' }), sound({ name: 'b', language: 'de', isDefault: true })]
    const sets = manifest({ audio }).matchAll(
      /contentType="audio".*? lang="(\w+)"[\s\S]*?role:2011" value="(\w+)"/g,
    )
    expect([...sets].map((set) => [set[1], set[2]])).toEqual([
      ['en', 'alternate'],
      ['de', 'main'],
    ])
  })

  it('escapes what people write', () => {
    const text = manifest({ audio: [sound({ label: `<Tom & "Jerry's">\u0007` })] })
    expect(text).toContain('<Label>&lt;Tom &amp; &quot;Jerry&apos;s&quot;&gt;</Label>')
  })

  it('names a caption file by its address', () => {
    const captions = [{ language: 'pt-BR', label: 'x', file: '../c.vtt', isDefault: true }]
    expect(manifest({ video: [picture()], captions })).toMatch(
      /mimeType="text\/vtt" lang="pt-BR"[\s\S]*<BaseURL>\.\.\/c\.vtt</,
    )
  })

  it('is refused for a film of captions alone', () => {
    expect(() => manifest({})).toThrow('without video and audio')
  })
})

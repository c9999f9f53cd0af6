import { describe, expect, it } from 'vitest'
import type { SourceReport, SourceVideo } from '../ports/media.ts'
import { ladderFor } from './ladder.ts'
import { planFilm } from './plan.ts'

const film = (video: Partial<SourceVideo> = {}, seconds = 10): SourceReport => ({
  container: 'mov,mp4',
  durationSeconds: seconds,
  startSeconds: 0,
  sizeBytes: 1000,
  audio: [],
  warnings: [],
  video: { ...VIDEO, durationSeconds: seconds, ...video },
})
const VIDEO: SourceVideo = {
  streamIndex: 0,
  codec: 'h264',
  displayWidth: 1920,
  displayHeight: 1080,
  frameRate: { num: 24, den: 1 },
  variableFrameRate: false,
  durationSeconds: 10,
  interlaced: false,
  hdr: undefined,
  rotationDegrees: 0,
}
const sizes = (video: Partial<SourceVideo>) =>
  ladderFor({ ...VIDEO, ...video }).map((r) => `${r.width}x${r.height}`)
const chunksOf = (report: SourceReport, group: string) =>
  planFilm(report).flatMap(({ spec }) => (spec.kind === 'video' && spec.group === group ? [spec] : []))

describe('the ladder', () => {
  it('has every step up to the source', () => {
    expect(sizes({})).toEqual(['256x144', '426x240', '640x360', '854x480', '1280x720', '1920x1080'])
  })
  it('goes by the short side of a portrait film', () => {
    expect(sizes({ displayWidth: 1080, displayHeight: 1920 }).at(-1)).toBe('1080x1920')
  })
  it('never upscales an odd size', () => {
    expect(sizes({ displayWidth: 1919, displayHeight: 1079 }).at(-1)).toBe('1918x1078')
  })
  it('gives a film below the lowest step its own size', () => {
    expect(sizes({ displayWidth: 101, displayHeight: 75 })).toEqual(['100x74'])
  })
  it('never passes the source for any size', () => {
    for (let short = 16; short < 2400; short += 7)
      for (const aspect of [1, 4 / 3, 16 / 9, 2.39]) {
        const video = { ...VIDEO, displayWidth: Math.round(short * aspect), displayHeight: short }
        for (const rung of ladderFor(video)) {
          expect(rung.width).toBeLessThanOrEqual(video.displayWidth)
          expect(rung.height).toBeLessThanOrEqual(video.displayHeight)
          expect([rung.width % 2, rung.height % 2]).toEqual([0, 0])
        }
      }
  })
  it('stays near a low source rate at the source size', () => {
    expect(ladderFor({ ...VIDEO, bitsPerSecond: 1_000_000 }).at(-1)?.maxBitsPerSecond).toBe(1_300_000)
  })
})

describe('the plan', () => {
  it('covers every frame of every group once', () => {
    for (const seconds of [0.2, 5, 59, 61, 66.1, 125, 7200])
      for (const frameRate of [
        { num: 24, den: 1 },
        { num: 30000, den: 1001 },
        { num: 60, den: 1 },
        { num: 10, den: 1 },
      ])
        for (const group of ['low', 'high']) {
          const specs = chunksOf(film({ frameRate }, seconds), group)
          let next = 0
          for (const spec of specs) {
            expect(spec.firstFrame).toBe(next)
            expect(spec.firstFrame % spec.grid.segmentFrames).toBe(0)
            next += spec.frames
          }
          expect(next).toBe(specs[0]?.grid.totalFrames)
        }
  })
  it('plans the low qualities before the high ones', () => {
    const units = planFilm(film()).toSorted((a, b) => a.priority - b.priority)
    expect(units.map((unit) => unit.name)).toEqual(['video/low/0', 'stills', 'video/high/0'])
  })
  it('halves the frame rate of the low qualities of a 60 fps film', () => {
    const [low] = chunksOf(film({ frameRate: { num: 60000, den: 1001 } }), 'low')
    expect(low?.grid.frameRate).toEqual({ num: 60000, den: 2002 })
  })
  it('cuts low and high segments of a fast film at the same instants', () => {
    for (const num of [50, 59.94 * 1000, 60]) {
      const report = film({ frameRate: { num: Math.round(num), den: num > 1000 ? 1001 : 1 } }, 600)
      const [low, high] = [chunksOf(report, 'low')[1], chunksOf(report, 'high')[1]]
      expect((low?.firstFrame ?? 0) * 2).toBe(high?.firstFrame)
    }
  })
  it('lasts as long as the sound where that goes on after the picture', () => {
    const track = { streamIndex: 1, codec: 'aac', channels: 2, sampleRate: 48000, language: 'en' }
    const report = { ...film({ durationSeconds: 7 }, 130), audio: [track] }
    const specs = planFilm(report).flatMap(({ spec }) => (spec.kind === 'audio' ? [spec] : []))
    const frames = chunksOf(report, 'high').map((spec) => spec.frames)
    expect([frames, specs[0]?.durationSeconds]).toEqual([[1440, 1440, 240], 130])
  })
  it('gives each sound track a unit of its own', () => {
    const track = { streamIndex: 1, codec: 'aac', channels: 2, sampleRate: 48000, language: 'en' }
    const names = planFilm({ ...film(), audio: [track, { ...track, streamIndex: 2, language: 'de' }] }).map(
      (u) => u.name,
    )
    expect(names.filter((name) => name.startsWith('audio/'))).toEqual(['audio/0', 'audio/1'])
  })
  it('ends at 1080p where the top qualities are turned off', () => {
    const uhd = film({ displayWidth: 3840, displayHeight: 2160 })
    const tops = [true, false].map((topRungs) =>
      planFilm(uhd, { topRungs }).flatMap(({ spec }) => (spec.kind === 'video' ? spec.rungs : [])),
    )
    expect(tops.map((rungs) => rungs.at(-1)?.name)).toEqual(['2160p', '1080p'])
  })
  it('plans a film of sound alone without pictures', () => {
    const { video: _, ...sound } = film()
    const track = { streamIndex: 0, codec: 'mp3', channels: 1, sampleRate: 44100, language: 'und' }
    expect(planFilm({ ...sound, audio: [track] }).map((u) => u.name)).toEqual(['audio/0'])
  })
})

import { describe, expect, it } from 'vitest'
import { planStoryboard, writeStoryboardVtt } from './storyboard.ts'

const cues = (vtt: string) => vtt.trim().split('\n\n').slice(1)

describe('planStoryboard', () => {
  it.each([100, 150, 200, 201, 399, 401, 5400, 7200, 86_400])(
    'takes 100 to 200 pictures of a film of %d s',
    (seconds) => {
      const { tiles } = planStoryboard(seconds, 1920, 1080)
      expect(tiles >= 100 && tiles <= 200).toBe(true)
    },
  )

  it.each([0.05, 1, 12.3, 99, 100, 201, 7201])('covers a film of %d s and no more', (seconds) => {
    const { tiles, everySeconds } = planStoryboard(seconds, 1920, 1080)
    expect((tiles - 1) * everySeconds < seconds && seconds <= tiles * everySeconds).toBe(true)
  })

  it.each([
    [1920, 1080, 160, 90],
    [1080, 1920, 90, 160],
    [720, 576, 160, 128],
    [1919, 1079, 160, 90],
    [8000, 80, 160, 2],
    [96, 64, 96, 64],
  ])('makes of %d x %d tiles of %d x %d', (width, height, tileWidth, tileHeight) => {
    expect(planStoryboard(60, width, height)).toMatchObject({ tileWidth, tileHeight })
  })

  it.each([
    [3, 3, 1],
    [7, 5, 2],
    [25, 5, 5],
    [26, 10, 10],
    [7200, 10, 10],
  ])('puts a film of %d s on sheets of %d x %d', (seconds, columns, rows) => {
    expect(planStoryboard(seconds, 640, 360)).toMatchObject({ columns, rows })
  })
})

describe('writeStoryboardVtt', () => {
  const grid = { tileWidth: 160, tileHeight: 90, columns: 2, rows: 2, everySeconds: 10, tiles: 6 }

  it('names the place of each picture on its sheet', () => {
    const places = cues(writeStoryboardVtt(grid, ['s-0.jpg', 's-1.jpg'], 55)).map((cue) => cue.split('\n')[1])
    expect(places).toEqual([
      's-0.jpg#xywh=0,0,160,90',
      's-0.jpg#xywh=160,0,160,90',
      's-0.jpg#xywh=0,90,160,90',
      's-0.jpg#xywh=160,90,160,90',
      's-1.jpg#xywh=0,0,160,90',
      's-1.jpg#xywh=160,0,160,90',
    ])
  })

  it('ends with the film', () => {
    expect(cues(writeStoryboardVtt(grid, ['0', '1'], 55.5)).at(-1)).toMatch(
      /^00:00:50\.000 --> 00:00:55\.500\n/,
    )
  })

  it('leaves out pictures behind the end', () => {
    expect(cues(writeStoryboardVtt(grid, ['0', '1'], 30))).toHaveLength(3)
  })

  it('writes the sheets as it is told', () => {
    const text = writeStoryboardVtt(grid, ['0', '1'], 5, { escape: (sheet) => `${sheet}?sig=a` })
    expect(text).toContain('0?sig=a#xywh=0,0,160,90')
  })

  it('refuses fewer sheets than it needs', () => {
    expect(() => writeStoryboardVtt(grid, ['0'], 55)).toThrow(RangeError)
  })
})

import { describe, expect, it } from 'vitest'
import { checkFrames } from './frames.ts'

describe('the frames that were decoded', () => {
  it('are all there', () => {
    expect(() => checkFrames([{ height: 144, frames: 120 }], 120)).not.toThrow()
  })
  it.each([119, 121])('are not as many as the film’s when they are %i of 120', (frames) => {
    const qualities = [
      { height: 144, frames: 120 },
      { height: 240, frames },
    ]
    expect(() => checkFrames(qualities, 120)).toThrow(`120 frames, but ${frames} at 240p`)
  })
  it('are wrong where nothing can be watched', () => {
    expect(() => checkFrames([], 120)).toThrow('no quality')
  })
})

import { expect, it } from 'vitest'
import { MediaFailed } from '../../core/ports/media.ts'
import { damageIn, withErrorsOnly } from './damage.ts'

const BROKEN = '[h264 @ 0x5] [error] error while decoding MB 3 4'
const picture = (seconds: number) =>
  `[Parsed_showinfo_8 @ 0x5] [info] n:   ${Math.floor(seconds) % 60} pts:  90 pts_time:${seconds}    pos: 7 fmt:yuv420p`

const damage = (from: number, ...lines: readonly string[]) =>
  damageIn(lines.join('\n'), { from, to: from + 60 })

it('does not count damage that was decoded over before the chunk', () => {
  expect(damage(60, BROKEN, picture(60.02), picture(61.02))).toBeUndefined()
})

it('finds damage between the pictures around it', () => {
  const lines = [picture(60.02), picture(61.02), BROKEN, BROKEN, picture(62.02), picture(63.02)]
  expect(damage(60, BROKEN, ...lines)).toEqual({ from: 61.02, to: 62.02 })
})

it('finds damage from the very beginning of a film', () => {
  expect(damage(0, BROKEN, picture(0), picture(1))).toEqual({ from: 0, to: 0 })
})

it('finds damage up to the end of a chunk', () => {
  expect(damage(60, picture(60.02), picture(119), BROKEN)).toEqual({ from: 119, to: 120 })
})

it('finds damage that swallowed the beginning of the chunk', () => {
  expect(damage(60, BROKEN, picture(64))).toEqual({ from: 60, to: 64 })
})

it('finds damage that swallowed the whole chunk', () => {
  expect(damage(60, BROKEN)).toEqual({ from: 60, to: 120 })
})

it('keeps the errors alone in what a failure says', async () => {
  const log = ['[info] Stream mapping:', BROKEN, '[libx264 @ 0x5] [info] kb/s:150'].join('\n')
  const failed = withErrorsOnly(() => Promise.reject(new MediaFailed('ffmpeg ended with 1', log)))
  await expect(failed).rejects.toMatchObject({ message: 'ffmpeg ended with 1', tail: BROKEN })
})

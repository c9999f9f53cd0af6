import { expect, it } from 'vitest'
import { MediaFailed } from '../../core/ports/media.ts'
import { countDamage, withErrorsOnly } from './damage.ts'

const BROKEN = '[h264 @ 0x5] [error] error while decoding MB 3 4'
const firstPicture = (seconds: number) =>
  `[Parsed_showinfo_8 @ 0x5] [info] n:   0 pts:  90 pts_time:${seconds}    pos: 7 fmt:yuv420p`

it('does not count damage that was decoded over before the chunk', () => {
  expect(countDamage([BROKEN, firstPicture(60.02), BROKEN].join('\n'), 60)).toBe(1)
})

it('counts damage from the very beginning of a film', () => {
  expect(countDamage([BROKEN, firstPicture(0), BROKEN].join('\n'), 0)).toBe(2)
})

it('counts damage that swallowed the beginning of the chunk', () => {
  expect(countDamage([BROKEN, firstPicture(64)].join('\n'), 60)).toBe(1)
})

it('counts damage that swallowed the whole chunk', () => {
  expect(countDamage(BROKEN, 60)).toBe(1)
})

it('keeps the errors alone in what a failure says', async () => {
  const log = ['[info] Stream mapping:', BROKEN, '[libx264 @ 0x5] [info] kb/s:150'].join('\n')
  const failed = withErrorsOnly(() => Promise.reject(new MediaFailed('ffmpeg ended with 1', log)))
  await expect(failed).rejects.toMatchObject({ message: 'ffmpeg ended with 1', tail: BROKEN })
})

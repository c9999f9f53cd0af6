import { expect, it } from 'vitest'
import { ownPath, withBack } from './own-path.ts'

it.each(['/', '/?v=vid_1', '/plans/?back=%2F'])('keeps %s', (path) => {
  expect(ownPath(path)).toBe(path)
})

it.each([null, '', 'plans/', '//example.org/', '/\\example.org/', 'https://example.org/', '/a b', '/a\nb'])(
  'refuses %j',
  (text) => {
    expect(ownPath(text)).toBeUndefined()
  },
)

it('names a page to come back to', () => {
  expect(withBack('/plans/', '/?v=vid_1')).toBe('/plans/?back=%2F%3Fv%3Dvid_1')
})

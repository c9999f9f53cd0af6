import { expect, it } from 'vitest'
import { licenseRefusal } from './license-refusal.ts'

const PROBLEM = { status: 403, code: 'playback-ended', title: 'Playback was ended' }
/** As shaka-player throws it: the failed licence around the failed request. */
const failed = (text: string) => ({
  code: 6007,
  data: [{ code: 1001, data: ['https://api.test/v1/license/clearkey', 403, text] }],
})

it('finds why a licence was refused', () => {
  expect(licenseRefusal(failed(JSON.stringify(PROBLEM)))?.facts).toEqual(PROBLEM)
})

it.each([
  ['a page of a proxy', failed('<html>Bad gateway</html>')],
  ['JSON that is no problem', failed('{"ok":false}')],
  ['a failed segment', { code: 1001, data: ['https://media.test/1.m4s', 403, JSON.stringify(PROBLEM)] }],
  ['a licence without an answer', { code: 6007, data: [{ code: 1002, data: [] }] }],
  ['something else', new Error('no')],
])('finds nothing in %s', (_name, error) => {
  expect(licenseRefusal(error)).toBeUndefined()
})

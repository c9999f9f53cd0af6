import { describe, expect, it } from 'vitest'
import { tagged } from './etag.ts'
import { aRequest } from './testing/request.ts'

const answer = (ifNoneMatch?: string) =>
  tagged(
    aRequest('GET', '/', ifNoneMatch === undefined ? {} : { headers: { 'if-none-match': ifNoneMatch } }),
    { a: 1 },
  )
const etag = answer().headers?.etag ?? ''

describe('a tagged answer', () => {
  it('carries a strong tag', () => {
    expect(etag).toMatch(/^"[\w-]{27}"$/)
  })
  it('has another tag for another value', () => {
    expect(tagged(aRequest('GET', '/'), { a: 2 }).headers?.etag).not.toBe(etag)
  })
  it.each(['same', 'weak', 'listed', 'any'] as const)(
    'is 304 without body where the client has it (%s)',
    (how) => {
      const header = { same: etag, weak: `W/${etag}`, listed: `"x", ${etag}`, any: '*' }[how]
      expect(answer(header)).toMatchObject({ status: 304, headers: { etag } })
    },
  )
  it('says no body with its 304', () => {
    expect(answer(etag).body).toBeUndefined()
  })
  it('is whole where the client has an older one', () => {
    const { status, body } = answer('"old"')
    expect([status, String(body)]).toEqual([200, '{"a":1}'])
  })
})

import { describe, expect, it } from 'vitest'
import { cookieFromLine } from './http-cookies.ts'

describe('a Set-Cookie line on Azure', () => {
  it('keeps every attribute that the library knows', () => {
    const line =
      'Sid=a; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Max-Age=60; Domain=.example.com; Path=/a; Secure; HttpOnly; SameSite=None'
    expect(cookieFromLine(line)).toEqual({
      cookie: {
        ...{ name: 'Sid', value: 'a', expires: new Date('2037-10-21T07:28:00Z'), maxAge: 60 },
        ...{ domain: '.example.com', path: '/a', secure: true, httpOnly: true, sameSite: 'None' },
      },
      lost: [],
    })
  })
  it.each(['Strict', 'Lax', 'None'])('keeps SameSite=%s in any case', (sameSite) => {
    expect(cookieFromLine(`a=b; samesite=${sameSite.toUpperCase()}`).cookie).toMatchObject({ sameSite })
  })
  it.each([
    'Partitioned',
    'Priority=High',
    'SameSite=constructor',
    'Expires=never',
    'Max-Age=soon',
    '__proto__=1',
  ])('tells that it loses %s', (attribute) => {
    const name = attribute.split('=', 1)[0]?.toLowerCase()
    expect(cookieFromLine(`a=b; ${attribute}`)).toEqual({ cookie: { name: 'a', value: 'b' }, lost: [name] })
  })
  it('hands an encoded value over decoded, for Azure encodes it again', () => {
    expect(cookieFromLine('a=x%20%C3%A4')).toEqual({ cookie: { name: 'a', value: 'x ä' }, lost: [] })
  })
  it('takes the quotes off a value, as those who read cookies do', () => {
    expect(cookieFromLine('a="b"').cookie).toEqual({ name: 'a', value: 'b' })
  })
  it.each(['a=b/c==', 'a=100%'])('tells that the value of %s is written another way', (line) => {
    expect(cookieFromLine(line)).toMatchObject({
      cookie: { value: line.slice(2) },
      lost: ['the way its value is written'],
    })
  })
  it.each(['', '=b', 'a', 'a b=c', 'a=b; Domain=ex ample', 'a=b; Path=/\u00e4'])(
    'refuses %j whole',
    (line) => {
      expect(cookieFromLine(line)).toEqual({ lost: ['the whole cookie'] })
    },
  )
})

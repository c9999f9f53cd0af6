import { describe, expect, it } from 'vitest'
import { openCookieJar } from './cookies.ts'

const jarWith = (...lines: string[]) => {
  const jar = openCookieJar()
  jar.take(lines, 'api.example.org')
  return (url: string) => jar.headerFor(new URL(url))
}

describe('a viewer’s cookies', () => {
  it('go to what lies under their path', () => {
    const header = jarWith('a=1; Path=/videos/1/; Domain=example.org')
    expect(header('https://media.example.org/videos/1/g1/0.m4s')).toBe('a=1')
  })
  it.each(['/videos/12/x', '/videos', '/'])('do not go to %s, which does not', (path) => {
    const header = jarWith('a=1; Path=/videos/1/; Domain=example.org')
    expect(header(`https://media.example.org${path}`)).toBeUndefined()
  })
  it('go to their own host alone when they name no domain', () => {
    const header = jarWith('a=1; Path=/')
    expect([header('https://api.example.org/'), header('https://media.example.org/')]).toEqual([
      'a=1',
      undefined,
    ])
  })
  it('go together', () => {
    expect(jarWith('a=1; Path=/', 'b=2; Path=/')('https://api.example.org/')).toBe('a=1; b=2')
  })
  it('are replaced by newer ones of the same name and place', () => {
    expect(jarWith('a=1; Path=/', 'a=2; Path=/')('https://api.example.org/')).toBe('a=2')
  })
  it('keep a value with equals signs whole', () => {
    expect(jarWith('a=b=c==; Path=/')('https://api.example.org/')).toBe('a=b=c==')
  })
  it('are not taken for a domain that the host has no part in', () => {
    expect(() => jarWith('a=1; Domain=example.com')).toThrow('which a browser drops')
  })
})

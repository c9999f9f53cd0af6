import { describe, expect, it } from 'vitest'
import { requestFromAzure } from './http-request.ts'

const clientIp = (forwardedFor: string | undefined, trustedHops?: number) => {
  const headers = new Headers(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor })
  const native = { method: 'GET', url: 'https://api.example/x', headers }
  return requestFromAzure(native, trustedHops === undefined ? {} : { trustedHops }).clientIp
}

describe('the address of a client on Azure', () => {
  it.each([
    ['203.0.113.7:51234', '203.0.113.7'],
    ['203.0.113.7', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['unknown', ''],
    ['203.0.113.7:51234,', ''],
    [undefined, ''],
  ])('is read from %s', (header, address) => {
    expect(clientIp(header)).toBe(address)
  })
  it('is what a trusted proxy handed on', () => {
    expect(clientIp('6.6.6.6, 203.0.113.7, 147.243.0.1:40000', 1)).toBe('203.0.113.7')
  })
  it('is what the front end saw of a client that came by no proxy', () => {
    expect(clientIp('203.0.113.7:51234', 1)).toBe('203.0.113.7')
  })
})

describe('a request of Azure', () => {
  it('has its method in upper case', () => {
    const native = { method: 'patch', url: 'https://api.example/x', headers: new Headers() }
    expect(requestFromAzure(native).method).toBe('PATCH')
  })
  it('has the path "/" for a bare authority', () => {
    const native = { method: 'GET', url: 'https://api.example?a=1', headers: new Headers() }
    expect(requestFromAzure(native).path).toBe('/')
  })
})

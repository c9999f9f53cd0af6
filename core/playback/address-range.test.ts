import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidrsOf, clientBlock, readAddress } from './address-range.ts'

describe('cidrsOf', () => {
  it.each([
    ['192.0.2.0/24', undefined, ['192.0.2.0/24']],
    ['192.0.2.77/24', undefined, ['192.0.2.0/24']],
    ['192.0.2.1', undefined, ['192.0.2.1/32']],
    ['192.0.2.0', '192.0.2.255', ['192.0.2.0/24']],
    ['192.0.2.1', '192.0.2.6', ['192.0.2.1/32', '192.0.2.2/31', '192.0.2.4/31', '192.0.2.6/32']],
    ['0.0.0.0', '255.255.255.255', ['0.0.0.0/0']],
    ['2001:db8::/32', undefined, ['2001:db8:0:0:0:0:0:0/32']],
    ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', ['2001:db8:0:0:0:0:0:0/32']],
    ['::ffff:192.0.2.1', undefined, ['0:0:0:0:0:ffff:c000:201/128']],
  ] as const)('of %s and %s is %j', (from, to, networks) => {
    expect(cidrsOf(from, to)).toEqual(networks)
  })
  it.each([
    ['192.0.2.256', undefined],
    ['192.0.2.0/33', undefined],
    ['192.0.2.0/', undefined],
    ['192.0.2.9', '192.0.2.8'],
    ['192.0.2.0', '2001:db8::'],
    ['localhost', undefined],
    ['fe80::1%eth0', undefined],
    ['', undefined],
  ])('of %j and %j is nothing', (from, to) => {
    expect(cidrsOf(from, to)).toBeUndefined()
  })
  it('covers each range exactly', () => {
    const address = fc.integer({ min: 0, max: 0xffffffff })
    const text = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.')
    void fc.assert(
      fc.property(address, address, (a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)]
        const sizes = (cidrsOf(text(first), text(last)) ?? []).map(
          (one) => 2 ** (32 - Number(one.split('/')[1])),
        )
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(last - first + 1)
      }),
    )
  })
})

describe('readAddress', () => {
  it('reads every group of an IPv6 address', () => {
    expect(readAddress('1:2:3:4:5:6:7:8')?.value).toBe(0x00010002000300040005000600070008n)
  })
})

describe('clientBlock', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:0:0:0:0/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (address, block) => {
    expect(clientBlock(address)).toBe(block)
  })
})

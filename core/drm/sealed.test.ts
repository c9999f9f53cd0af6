import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from './sealed.ts'

const key = new Uint8Array(32).fill(1)
const nonce = new Uint8Array(12).fill(2)
const sealing = { key, boundTo: 'key film' }

describe('sealed bytes', () => {
  it('open again', () => {
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (plain) => {
        expect(unseal(sealing, seal(sealing, plain, nonce))).toEqual(new Uint8Array(plain))
      }),
    )
  })
  it('open for nothing else than what they are bound to', () => {
    expect(unseal({ ...sealing, boundTo: 'key other' }, seal(sealing, key, nonce))).toBeUndefined()
  })
  it('open with no other key', () => {
    const other = createHash('sha256').update('other').digest()
    expect(unseal({ ...sealing, key: other }, seal(sealing, key, nonce))).toBeUndefined()
  })
  it('stay closed wherever one bit is changed', () => {
    const bytes = Buffer.from(seal(sealing, key, nonce), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(unseal(sealing, changed.toString('base64url'))).toBeUndefined()
    }
  })
  it('stay closed for any text that was not sealed, without an error', () => {
    void fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => unseal(sealing, text) === undefined))
  })
  it('stay closed in a second spelling of the same bytes', () => {
    const text = seal(sealing, key, nonce)
    expect(unseal(sealing, `${text}=`)).toBeUndefined()
  })
})

import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { Ids } from './ids.ts'

export interface OpenedIds {
  readonly ids: Ids
}

/** Every promise of the Ids port. */
export function idsContract(title: string, open: Open<OpenedIds>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('makes UUIDs of version 7 and the variant of RFC 9562', async ({ ids }) => {
      expect(ids.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    })
    rule('makes ids that rise', async ({ ids }) => {
      const made = Array.from({ length: 20_000 }, () => ids.uuid())
      expect(made).toEqual([...made].sort())
    })
    rule('makes no id twice', async ({ ids }) => {
      expect(new Set(Array.from({ length: 20_000 }, () => ids.uuid())).size).toBe(20_000)
    })
    rule('makes secrets of the bytes asked for, in base64url', async ({ ids }) => {
      expect([ids.secret(32), ids.secret(16)].map((text) => Buffer.from(text, 'base64url').length)).toEqual([
        32, 16,
      ])
      expect(ids.secret(64)).toMatch(/^[\w-]+$/)
    })
    rule('makes another secret each time', async ({ ids }) => {
      expect(ids.secret(16)).not.toBe(ids.secret(16))
    })
  })
}

import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { Passwords } from './passwords.ts'

export interface OpenedPasswords {
  readonly passwords: Passwords
}

/** Every promise of the Passwords port. */
export function passwordsContract(
  title: string,
  open: Open<OpenedPasswords>,
  gaps: readonly Gap[] = [],
): void {
  contract(title, open, gaps, (rule) => {
    rule('takes the password that was hashed', async ({ passwords }) => {
      expect(await passwords.verify(await passwords.hash('correct horse'), 'correct horse')).toBe(true)
    })
    rule('refuses another password', async ({ passwords }) => {
      expect(await passwords.verify(await passwords.hash('correct horse'), 'correct horsf')).toBe(false)
    })
    rule('hashes one password differently each time', async ({ passwords }) => {
      expect(await passwords.hash('same')).not.toBe(await passwords.hash('same'))
    })
    rule('makes argon2id of at least 19 MiB and two passes', async ({ passwords }) => {
      const [, memory, passes] =
        /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(await passwords.hash('x')) ?? []
      expect([Number(memory) >= 19_456, Number(passes) >= 2]).toEqual([true, true])
    })
    rule('tells passwords apart by every character of 128', async ({ passwords }) => {
      const long = 'ä'.repeat(127)
      expect(await passwords.verify(await passwords.hash(`${long}a`), `${long}b`)).toBe(false)
    })
    rule('throws for a hash that it cannot read', async ({ passwords }) => {
      await expect(passwords.verify('not a hash', 'x')).rejects.toThrow()
    })
    rule('finds its own hashes up to date and weaker ones not', async ({ passwords }) => {
      const weaker =
        '$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$Z2FyYmFnZWdhcmJhZ2VnYXJiYWdlZ2FyYmFnZWdhcmI'
      expect([passwords.outdated(await passwords.hash('x')), passwords.outdated(weaker)]).toEqual([
        false,
        true,
      ])
    })
  })
}

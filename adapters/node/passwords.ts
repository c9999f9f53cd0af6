import type { Passwords } from '../../core/ports/passwords.ts'

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. About 15 ms of one core. */
const SETTINGS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const CURRENT = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/

/** argon2id. The native module is loaded at the first password: most invocations see none. */
export const argon2Passwords: Passwords = {
  async hash(password) {
    const { hash } = await import('@node-rs/argon2')
    return hash(password, SETTINGS)
  },
  async verify(phc, password) {
    const { verify } = await import('@node-rs/argon2')
    return verify(phc, password)
  },
  outdated: (phc) => !CURRENT.test(phc),
}

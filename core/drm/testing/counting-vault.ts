import type { KeyVault } from '../../ports/key-vault.ts'

export interface CountingVault {
  readonly keyVault: KeyVault
  /** Calls that reached the key service. */
  readonly calls: { wrap: number; unwrap: number }
  /** What the service answers with from now on; `undefined` makes it well again. */
  failWith(error: Error | undefined): void
}

/** Passes on to a real vault, and counts. */
export function countingVault(vault: KeyVault): CountingVault {
  const calls = { wrap: 0, unwrap: 0 }
  let failure: Error | undefined
  const count = (call: keyof typeof calls) => {
    calls[call]++
    if (failure) throw failure
  }
  return {
    calls,
    failWith: (error) => {
      failure = error
    },
    keyVault: {
      async wrap(plain, context) {
        count('wrap')
        return vault.wrap(plain, context)
      },
      async unwrap(wrapped, context) {
        count('unwrap')
        return vault.unwrap(wrapped, context)
      },
      version: () => vault.version(),
    },
  }
}

import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { type KeyVault, NotUnwrapped } from './key-vault.ts'

export interface OpenedKeyVault {
  readonly keyVault: KeyVault
  /** The same key as another process has it. */
  readonly elsewhere: KeyVault
  /** Makes a new version of the key. Gives the port of a process that has been told. */
  rotate(): Promise<KeyVault>
  /** Destroys a version for good. */
  destroy(version: string): Promise<void> | void
  /** From now on the key service answers nothing. */
  leave(): Promise<void> | void
}

const PLAIN = Uint8Array.from({ length: 32 }, (_, at) => at * 7)
const FILM = 'vid_0190aaaaaaaaaaaaaaaaaaaaaaaaaaaa'

/** Every promise of the KeyVault port. */
export function keyVaultContract(title: string, open: Open<OpenedKeyVault>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('unwraps what it has wrapped', async ({ keyVault }) => {
      expect(await keyVault.unwrap(await keyVault.wrap(PLAIN, FILM), FILM)).toEqual(PLAIN)
    })
    rule('unwraps what another process has wrapped', async ({ keyVault, elsewhere }) => {
      expect(await keyVault.unwrap(await elsewhere.wrap(PLAIN, FILM), FILM)).toEqual(PLAIN)
    })
    rule('wraps the same bytes into different text each time', async ({ keyVault }) => {
      const [one, two] = [await keyVault.wrap(PLAIN, FILM), await keyVault.wrap(PLAIN, FILM)]
      expect(one.text).not.toBe(two.text)
    })
    rule('writes base64url that does not hold the bytes', async ({ keyVault }) => {
      const { text } = await keyVault.wrap(PLAIN, FILM)
      expect(text).toMatch(/^[\w-]+$/)
      expect(Buffer.from(text, 'base64url').includes(Buffer.from(PLAIN))).toBe(false)
    })
    rule('does not unwrap for another context', async ({ keyVault }) => {
      const wrapped = await keyVault.wrap(PLAIN, FILM)
      await expect(keyVault.unwrap(wrapped, `${FILM}b`)).rejects.toThrow(NotUnwrapped)
    })
    rule('does not unwrap changed text', async ({ keyVault }) => {
      const { version, text } = await keyVault.wrap(PLAIN, FILM)
      await expect(keyVault.unwrap({ version, text: flipped(text) }, FILM)).rejects.toThrow(NotUnwrapped)
    })
    rule('does not unwrap text of nobody', async ({ keyVault }) => {
      const wrapped = { version: await keyVault.version(), text: Buffer.alloc(60).toString('base64url') }
      await expect(keyVault.unwrap(wrapped, FILM)).rejects.toThrow(NotUnwrapped)
    })
    rule('names the version that wraps', async ({ keyVault }) => {
      expect((await keyVault.wrap(PLAIN, FILM)).version).toBe(await keyVault.version())
    })
    rule('wraps with the new version once there is one', async ({ keyVault, rotate }) => {
      const before = await keyVault.version()
      const { version } = await (await rotate()).wrap(PLAIN, FILM)
      expect(version).not.toBe(before)
    })
    rule('unwraps what an older version has wrapped', async ({ keyVault, rotate }) => {
      const wrapped = await keyVault.wrap(PLAIN, FILM)
      expect(await (await rotate()).unwrap(wrapped, FILM)).toEqual(PLAIN)
    })
    rule('unwraps what a newer version has wrapped', async ({ keyVault, rotate }) => {
      expect(await keyVault.unwrap(await (await rotate()).wrap(PLAIN, FILM), FILM)).toEqual(PLAIN)
    })
    rule('does not unwrap what a destroyed version has wrapped', async ({ keyVault, rotate, destroy }) => {
      const wrapped = await keyVault.wrap(PLAIN, FILM)
      const rotated = await rotate()
      await destroy(wrapped.version)
      await expect(rotated.unwrap(wrapped, FILM)).rejects.toThrow(NotUnwrapped)
    })
    rule('fails to wrap where the service is away', async ({ keyVault, leave }) => {
      await leave()
      await expect(keyVault.wrap(PLAIN, FILM)).rejects.toThrow(Error)
    })
    rule('does not say of a service that is away that the key is gone', async ({ keyVault, leave }) => {
      const wrapped = await keyVault.wrap(PLAIN, FILM)
      await leave()
      const error: unknown = await keyVault.unwrap(wrapped, FILM).catch((error: unknown) => error)
      expect([error instanceof Error, error instanceof NotUnwrapped]).toEqual([true, false])
    })
  })
}

function flipped(text: string): string {
  const bytes = Buffer.from(text, 'base64url')
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  return bytes.toString('base64url')
}

import { randomBytes } from 'node:crypto'
import { seal, unseal } from '../../core/drm/sealed.ts'
import { type KeyVault, NotUnwrapped } from '../../core/ports/key-vault.ts'
import type { Uses } from '../../core/ports/ports.ts'
import { parseWrappingKeys, type WrappingKey } from './wrapping-key.ts'

/** Keys of one machine, out of the secret `wrapping-key`: whoever reads that file opens every film. */
export function openLocalKeyVault({ secrets }: Uses<'secrets'>): KeyVault {
  const keys = async () => parseWrappingKeys(await secrets.get('wrapping-key'))
  return {
    async wrap(plain, context) {
      const { id, key } = newest(await keys())
      return { version: id, text: seal({ key, boundTo: context }, plain, randomBytes(12)) }
    },
    async unwrap({ version, text }, context) {
      const key = (await keys()).find(({ id }) => id === version)?.key
      const plain = key && unseal({ key, boundTo: context }, text)
      if (!plain) throw new NotUnwrapped('no key of this machine opens that for this film')
      return plain
    },
    version: async () => newest(await keys()).id,
  }
}

function newest([first]: readonly WrappingKey[]): WrappingKey {
  if (!first) throw new Error('the secret wrapping-key holds no key')
  return first
}

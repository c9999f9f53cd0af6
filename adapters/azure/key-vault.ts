import { createHash, timingSafeEqual } from 'node:crypto'
import type { TokenCredential } from '@azure/core-auth'
import * as z from 'zod/mini'
import type { Clock } from '../../core/ports/clock.ts'
import { type KeyVault, NotUnwrapped } from '../../core/ports/key-vault.ts'
import { bearer, openRest, type Rest, refusal } from './credentials-rest.ts'

export interface AzureKeyVaultOptions {
  /** `https://name.vault.azure.net/keys/films`: an RSA key. With `/` and a version behind it that one wraps, else the newest. */
  readonly key: string
  readonly credential: TokenCredential
  readonly clock: Clock
}

const Key = z.object({ key: z.object({ kid: z.string() }) })
const Result = z.object({ value: z.base64url() })
const Refusal = z.object({ error: z.object({ code: z.string() }) })

/**
 * One RSA key of a Key Vault, by its REST API. RSA-OAEP knows no additional data, so the key is wrapped together with a hash of
 * its context: 64 bytes, where a key of 2048 bits takes 190.
 * https://learn.microsoft.com/rest/api/keyvault/keys/wrap-key/wrap-key
 */
export function openAzureKeyVault({ key, credential, clock }: AzureKeyVaultOptions): KeyVault {
  const rest = openRest(clock, bearer(credential, 'https://vault.azure.net'))
  const newest = () => (isVersion(key) ? Promise.resolve(key) : newestOf(rest, key))
  return {
    async wrap(plain, context) {
      const version = await newest()
      const answer = await operate(rest, `${version}/wrapkey`, Buffer.concat([plain, hashOf(context)]))
      if (!answer.ok) throw await refusal('wrapping a key', answer)
      return { version, text: Result.parse(await answer.json()).value }
    },
    async unwrap({ version, text }, context) {
      // Our token goes where this says, and it was read from a table.
      if (!isVersion(version) || new URL(version).origin !== new URL(key).origin)
        throw new NotUnwrapped('that was not wrapped by a key of this vault')
      const answer = await operate(rest, `${version}/unwrapkey`, Buffer.from(text, 'base64url'))
      if (!answer.ok) throw await unwrapFailure(answer)
      return plainOf(Buffer.from(Result.parse(await answer.json()).value, 'base64url'), context)
    },
    version: newest,
  }
}

const isVersion = (url: string) => /^https?:\/\/[^/\s]+\/keys\/[\da-zA-Z-]{1,127}\/[\da-f]{32}$/.test(url)
const hashOf = (context: string) => createHash('sha256').update(context).digest()

async function newestOf(rest: Rest, key: string): Promise<string> {
  const answer = await rest(`${key}?api-version=7.4`)
  if (!answer.ok) throw await refusal('asking for the version of a key', answer)
  const { kid } = Key.parse(await answer.json()).key
  if (!isVersion(kid)) throw new Error('the vault named no version of the key')
  return kid
}

const operate = (rest: Rest, url: string, bytes: Buffer): Promise<Response> =>
  rest(`${url}?api-version=7.4`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ alg: 'RSA-OAEP-256', value: bytes.toString('base64url') }),
  })

/** Disabled keys are 403: they may come back. A 404 without the vault's own code comes from something else. */
async function unwrapFailure(answer: Response): Promise<Error> {
  const cause = await refusal('unwrapping a key', answer.clone())
  const said = Refusal.safeParse(await answer.json().catch(() => undefined))
  const code = `${answer.status} ${said.data?.error.code}`
  if (code !== '400 BadParameter' && code !== '404 KeyNotFound') return cause
  return new NotUnwrapped('the vault has no key that opens that for this film', { cause })
}

function plainOf(bytes: Buffer, context: string): Uint8Array {
  const hash = hashOf(context)
  const [plain, bound] = [bytes.subarray(0, -hash.length), bytes.subarray(-hash.length)]
  if (bound.length === hash.length && timingSafeEqual(bound, hash)) return new Uint8Array(plain)
  throw new NotUnwrapped('that was wrapped for another film')
}

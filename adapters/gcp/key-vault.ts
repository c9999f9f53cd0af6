import { type KeyVault, NotUnwrapped } from '../../core/ports/key-vault.ts'
import { type GoogleApi, GoogleRefused } from './credentials.ts'
import { crc32c } from './secrets-checksum.ts'

export interface GcpKeyVaultOptions {
  /** `projects/P/locations/L/keyRings/R/cryptoKeys/K`: a symmetric key. */
  readonly key: string
  /** Origin of Cloud KMS. */
  readonly endpoint: string
  readonly api: GoogleApi
}

/** One key of Cloud KMS: its primary version wraps, all that are enabled unwrap. The context is its additional data. */
export function openGcpKeyVault(options: GcpKeyVaultOptions): KeyVault {
  const { key } = options
  return {
    wrap: (plain, context) => encrypt(options, plain, context),
    async unwrap({ version, text }, context) {
      const name = nameOf(version)
      return decrypt(options, { name, ciphertext: Buffer.from(text, 'base64url'), context })
    },
    // Reading the key itself would need another role; encrypting names the version, too.
    version: async () => (await encrypt(options, new Uint8Array(32), `version of ${key}`)).version,
  }
}

const VERSION =
  /^(projects\/[\w.:-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+)\/cryptoKeyVersions\/\d+$/

/** The key of a version, which may be another than the one that wraps now. The version stands in the bytes themselves. */
function nameOf(version: string): string {
  const name = VERSION.exec(version)?.[1]
  if (name === undefined) throw new NotUnwrapped('that was not wrapped by a key of Cloud KMS')
  return name
}

/** https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/encrypt */
async function encrypt({ key, endpoint, api }: GcpKeyVaultOptions, plain: Uint8Array, context: string) {
  const aad = Buffer.from(context)
  const body = { ...sent('plaintext', plain), ...sent('additionalAuthenticatedData', aad) }
  const answer = await api({ method: 'POST', url: `${endpoint}/v1/${key}:encrypt`, body })
  const verified = answer.verifiedPlaintextCrc32c && answer.verifiedAdditionalAuthenticatedDataCrc32c
  const { name: version } = answer
  if (verified !== true || typeof version !== 'string')
    throw new Error('Cloud KMS has not checked what it was given to wrap')
  return { version, text: received(answer, 'ciphertext').toString('base64url') }
}

/** https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/decrypt */
async function decrypt(
  { endpoint, api }: GcpKeyVaultOptions,
  { name, ciphertext, context }: { name: string; ciphertext: Uint8Array; context: string },
): Promise<Uint8Array> {
  const aad = Buffer.from(context)
  const body = { ...sent('ciphertext', ciphertext), ...sent('additionalAuthenticatedData', aad) }
  const answer = await api({ method: 'POST', url: `${endpoint}/v1/${name}:decrypt`, body }).catch(
    (cause: unknown) => {
      if (isLost(cause))
        throw new NotUnwrapped('Cloud KMS has no key that opens that for this film', { cause })
      throw cause
    },
  )
  return new Uint8Array(received(answer, 'plaintext'))
}

/** The words tell it: a checksum that does not fit, and a version that is only disabled, have the same codes. */
function isLost(error: unknown): boolean {
  if (!(error instanceof GoogleRefused)) return false
  const { code, message } = error
  if (code === 'INVALID_ARGUMENT') return message.includes('Decryption failed')
  return code === 'NOT_FOUND' || (code === 'FAILED_PRECONDITION' && message.includes('DESTROYED'))
}

/** Bytes with their sum, so that the service refuses what was changed on the way. */
const sent = (field: string, bytes: Uint8Array) => ({
  [field]: Buffer.from(bytes).toString('base64'),
  [`${field}Crc32c`]: String(crc32c(bytes)),
})

function received(answer: Readonly<Record<string, unknown>>, field: string): Buffer {
  const text = answer[field]
  if (typeof text !== 'string') throw new Error(`the answer of Cloud KMS holds no ${field}`)
  const bytes = Buffer.from(text, 'base64')
  if (String(crc32c(bytes)) !== String(answer[`${field}Crc32c`]))
    throw new Error(`the ${field} of Cloud KMS does not fit its checksum`)
  return bytes
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { CRC32C } from '@google-cloud/storage'
import * as z from 'zod/mini'
import { googleError, json, openServer, type Received, type Reply } from './server.ts'

export interface CloudKms extends AsyncDisposable {
  readonly origin: string
  readonly refusals: string[]
  /** Adds a version to the key and makes it the primary one. */
  addVersion(): void
  /** Takes the key material of a version away. `disable` keeps it. */
  destroy(version: string): void
  disable(version: string): void
  /** Changes what the next request is answered with. */
  answerNext(change: (reply: Reply) => Reply): void
}

type State = { readonly key: Buffer; word: 'ENABLED' | 'DISABLED' | 'DESTROYED' }

const Bytes = z.base64()
const Sum = z.string().check(z.regex(/^\d{1,10}$/))
const Encrypt = z.strictObject({
  plaintext: Bytes,
  additionalAuthenticatedData: Bytes,
  plaintextCrc32c: Sum,
  additionalAuthenticatedDataCrc32c: Sum,
})
const Decrypt = z.strictObject({
  ciphertext: Bytes,
  additionalAuthenticatedData: Bytes,
  ciphertextCrc32c: Sum,
  additionalAuthenticatedDataCrc32c: Sum,
})

/**
 * One symmetric key of Cloud KMS, with its versions. Checksums are by Google's own code.
 * https://cloud.google.com/kms/docs/data-integrity-guidelines
 */
export async function openCloudKms({ token, key }: { token: string; key: string }): Promise<CloudKms> {
  const versions: State[] = []
  const addVersion = () => void versions.push({ key: randomBytes(32), word: 'ENABLED' })
  addVersion()
  const refusals: string[] = []
  let change: ((reply: Reply) => Reply) | undefined
  const answer = ({ method, path, rawQuery, headers, body }: Received): Reply => {
    if (headers.authorization !== `Bearer ${token}`)
      return googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    const [, name, verb] = /^\/v1\/(.*):(encrypt|decrypt)$/.exec(path) ?? []
    if (method !== 'POST' || rawQuery !== '' || headers['content-type'] !== 'application/json')
      return googleError(400, 'INVALID_ARGUMENT', 'No such method.')
    if (name !== key) return googleError(404, 'NOT_FOUND', `CryptoKey ${name} not found.`)
    const given: unknown = JSON.parse(body.toString())
    return verb === 'encrypt' ? encrypt({ key, versions }, given) : decrypt({ key, versions }, given)
  }
  const server = await openServer(
    async (request) => {
      const reply = (change ?? ((same) => same))(answer(request))
      change = undefined
      if (reply.status >= 400) refusals.push(`${request.method} ${request.path}: ${reply.body}`)
      return reply
    },
    (error) => void refusals.push(String(error)),
  )
  const put = (version: string, word: State['word']) => {
    const state = versions[Number(version.split('/').at(-1)) - 1]
    if (state) state.word = word
  }
  return {
    ...{ ...server, refusals, addVersion },
    destroy: (version) => put(version, 'DESTROYED'),
    disable: (version) => put(version, 'DISABLED'),
    answerNext: (next) => {
      change = next
    },
  }
}

interface Ring {
  readonly key: string
  readonly versions: readonly State[]
}

function encrypt({ key, versions }: Ring, given: unknown): Reply {
  const read = Encrypt.safeParse(given)
  if (!read.success) return googleError(400, 'INVALID_ARGUMENT', z.prettifyError(read.error))
  const plain = Buffer.from(read.data.plaintext, 'base64')
  const aad = Buffer.from(read.data.additionalAuthenticatedData, 'base64')
  if (
    sumOf(plain) !== read.data.plaintextCrc32c ||
    sumOf(aad) !== read.data.additionalAuthenticatedDataCrc32c
  )
    return googleError(400, 'INVALID_ARGUMENT', 'The checksum did not match the data.')
  const [number, nonce] = [versions.length, randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', versions[number - 1]?.key ?? '', nonce).setAAD(aad)
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  const ciphertext = Buffer.concat([Buffer.of(number), nonce, sealed])
  return json({
    name: `${key}/cryptoKeyVersions/${number}`,
    ciphertext: ciphertext.toString('base64'),
    ciphertextCrc32c: sumOf(ciphertext),
    verifiedPlaintextCrc32c: true,
    verifiedAdditionalAuthenticatedDataCrc32c: true,
    protectionLevel: 'SOFTWARE',
  })
}

function decrypt({ versions }: Ring, given: unknown): Reply {
  const read = Decrypt.safeParse(given)
  if (!read.success) return googleError(400, 'INVALID_ARGUMENT', z.prettifyError(read.error))
  const blob = Buffer.from(read.data.ciphertext, 'base64')
  const aad = Buffer.from(read.data.additionalAuthenticatedData, 'base64')
  if (
    sumOf(blob) !== read.data.ciphertextCrc32c ||
    sumOf(aad) !== read.data.additionalAuthenticatedDataCrc32c
  )
    return googleError(400, 'INVALID_ARGUMENT', 'The checksum did not match the data.')
  const version = versions[(blob[0] ?? 0) - 1]
  if (version && version.word !== 'ENABLED')
    return googleError(400, 'FAILED_PRECONDITION', `not enabled, current state is: ${version.word}.`)
  const plain = version && opened(version.key, blob, aad)
  if (!plain) return googleError(400, 'INVALID_ARGUMENT', WRONG)
  const facts = { usedPrimary: version === versions.at(-1), protectionLevel: 'SOFTWARE' }
  return json({ plaintext: plain.toString('base64'), plaintextCrc32c: sumOf(plain), ...facts })
}

const WRONG = "Decryption failed: verify that 'name' refers to the correct CryptoKey."

function opened(key: Buffer, blob: Buffer, aad: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(1, 13), { authTagLength: 16 })
  try {
    decipher.setAAD(aad).setAuthTag(blob.subarray(-16))
    return Buffer.concat([decipher.update(blob.subarray(13, -16)), decipher.final()])
  } catch {
    return undefined
  }
}

function sumOf(bytes: Buffer): string {
  const sum = new CRC32C()
  sum.update(bytes)
  return String(Buffer.from(sum.toString(), 'base64').readUInt32BE())
}

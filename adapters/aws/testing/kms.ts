import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import * as z from 'zod/mini'
import { type AwsJson, openAwsJson, operation, Refused } from './aws-json.ts'

export interface Kms extends AwsJson {
  /** Makes a symmetric key; answers its ARN. */
  create(): string
  /** As when its waiting time is over. */
  destroy(arn: string): void
  /** Every call is answered with this code and status from now on. */
  refuseWith(code: string, status?: number): void
}

const bytes = z.base64()
const Context = z.record(z.string().check(z.minLength(1)), z.string())
const Encrypt = z.strictObject({
  KeyId: z.string(),
  Plaintext: bytes,
  EncryptionContext: Context,
  EncryptionAlgorithm: z.optional(z.literal('SYMMETRIC_DEFAULT')),
})
const Decrypt = z.strictObject({
  KeyId: z.string(),
  CiphertextBlob: bytes,
  EncryptionContext: Context,
  EncryptionAlgorithm: z.optional(z.literal('SYMMETRIC_DEFAULT')),
})

/**
 * Symmetric keys of KMS: a ciphertext names its key, and opens for its encryption context alone.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
 */
export async function openKms(): Promise<Kms> {
  const keys = new Map<string, Buffer>()
  let refusal: Refused | undefined
  const keyOf = (arn: string): Buffer => {
    if (refusal) throw refusal
    const key = keys.get(arn)
    if (!key) throw new Refused('NotFoundException', `Key '${arn}' does not exist`)
    return key
  }
  const encrypt = ({ KeyId, Plaintext, EncryptionContext }: z.infer<typeof Encrypt>) => {
    const blob = sealBlob(keyOf(KeyId), KeyId, { plain: Buffer.from(Plaintext, 'base64'), EncryptionContext })
    return { CiphertextBlob: blob.toString('base64'), KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
  }
  const decrypt = ({ KeyId, CiphertextBlob, EncryptionContext }: z.infer<typeof Decrypt>) => {
    const plain = openBlob(keyOf(KeyId), KeyId, {
      blob: Buffer.from(CiphertextBlob, 'base64'),
      EncryptionContext,
    })
    return { Plaintext: plain.toString('base64'), KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
  }
  const server = await openAwsJson({
    ...{ service: 'kms', target: 'TrentService', malformed: 'ValidationException' },
    operations: { Encrypt: operation(Encrypt, encrypt), Decrypt: operation(Decrypt, decrypt) },
  })
  return Object.assign(server, {
    create: () => {
      const arn = `arn:aws:kms:us-east-1:000000000000:key/${randomUUID()}`
      keys.set(arn, randomBytes(32))
      return arn
    },
    destroy: (arn: string) => void keys.delete(arn),
    refuseWith: (code: string, status = 400) => {
      refusal = new Refused(code, 'The request was rejected.', status)
    },
  })
}

/** Length of the key's name, the name, nonce, tag, ciphertext. The real form is KMS's own. */
const header = (arn: string) => Buffer.concat([Buffer.from([arn.length]), Buffer.from(arn)])
const aadOf = (context: Readonly<Record<string, string>>) =>
  Buffer.from(JSON.stringify(Object.entries(context).sort()))

function sealBlob(
  key: Buffer,
  arn: string,
  { plain, EncryptionContext }: { plain: Buffer; EncryptionContext: Record<string, string> },
): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aadOf(EncryptionContext))
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([header(arn), nonce, cipher.getAuthTag(), sealed])
}

function openBlob(
  key: Buffer,
  arn: string,
  { blob, EncryptionContext }: { blob: Buffer; EncryptionContext: Record<string, string> },
): Buffer {
  const named = blob.subarray(1, 1 + (blob[0] ?? 0)).toString()
  if (!/^arn:aws:kms:[\w:/-]+$/.test(named)) throw new Refused('InvalidCiphertextException', '')
  if (named !== arn)
    throw new Refused('IncorrectKeyException', 'The key ID in the request does not identify a CMK')
  const rest = blob.subarray(1 + named.length)
  const decipher = createDecipheriv('aes-256-gcm', key, rest.subarray(0, 12), { authTagLength: 16 })
  try {
    decipher.setAAD(aadOf(EncryptionContext)).setAuthTag(rest.subarray(12, 28))
    return Buffer.concat([decipher.update(rest.subarray(28)), decipher.final()])
  } catch {
    throw new Refused('InvalidCiphertextException', '')
  }
}

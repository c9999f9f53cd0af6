import {
  DecryptCommand,
  EncryptCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  KMSClient,
  NotFoundException,
} from '@aws-sdk/client-kms'
import { type KeyVault, NotUnwrapped } from '../../core/ports/key-vault.ts'
import { type AwsAccess, clientOptions } from './config.ts'

export interface AwsKeyVaultOptions extends AwsAccess {
  /** ARN of a symmetric KMS key. */
  readonly key: string
}

/**
 * One KMS key. KMS renews its material by itself and still opens the older one, so a version here is a whole key: the next one
 * is another ARN. The context goes along as encryption context, which CloudTrail shows with each call.
 * https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 */
export function openAwsKeyVault(options: AwsKeyVaultOptions): KeyVault {
  const client = new KMSClient(clientOptions(options, 'kms'))
  const { key } = options
  return {
    wrap: async (plain, context) => ({
      version: key,
      text: textOf(await encrypt(client, key, { plain, context })),
    }),
    unwrap: async ({ version, text }, context) => {
      const CiphertextBlob = Buffer.from(text, 'base64url')
      const EncryptionContext = contextOf(context)
      return bytesOf(await decrypt(client, { KeyId: version, CiphertextBlob, EncryptionContext }))
    },
    version: async () => key,
  }
}

const contextOf = (context: string) => ({ 'skyreel:film': context })
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

async function encrypt(
  client: KMSClient,
  KeyId: string,
  { plain, context }: { plain: Uint8Array; context: string },
): Promise<Uint8Array> {
  const call = new EncryptCommand({ KeyId, Plaintext: plain, EncryptionContext: contextOf(context) })
  const { CiphertextBlob } = await client.send(call).catch((cause: unknown) => {
    throw new Error('KMS has not wrapped the key', { cause })
  })
  return bytesOf(CiphertextBlob)
}

async function decrypt(client: KMSClient, call: DecryptCommand['input']): Promise<Uint8Array | undefined> {
  try {
    return (await client.send(new DecryptCommand(call))).Plaintext
  } catch (cause) {
    if (LOST.some((lost) => cause instanceof lost))
      throw new NotUnwrapped('KMS has no key that opens that for this film', { cause })
    throw new Error('KMS has not unwrapped the key', { cause })
  }
}

/** A key that is disabled, or due for deletion, may come back: those are not among them. */
const LOST = [InvalidCiphertextException, IncorrectKeyException, NotFoundException]

function bytesOf(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes) return bytes
  throw new Error('the answer of KMS holds no bytes')
}

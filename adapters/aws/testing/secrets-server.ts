import { randomUUID } from 'node:crypto'
import * as z from 'zod/mini'
import { Absent, type AwsJson, openAwsJson, operation, Refused } from './aws-json.ts'

export interface SecretsManager extends AwsJson {
  /** Values by name; a test may change them. */
  readonly values: Map<string, string | Uint8Array>
  /** Names, in the order in which they were asked for. */
  readonly asked: string[]
  /** Every call is answered with this code from now on; `undefined` makes the service well again. */
  refuseWith(code: string | undefined): void
}

const GetSecretValue = z.strictObject({
  SecretId: z.string().check(z.minLength(1), z.maxLength(2048)),
  VersionId: z.optional(z.string()),
  VersionStage: z.optional(z.string()),
})

const NO_VERSION = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"

/**
 * With these values, and with `empty` containers, into which nobody has put one.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export async function openSecretsManager(
  values: Readonly<Record<string, string>>,
  empty: readonly string[] = [],
): Promise<SecretsManager> {
  const kept: SecretsManager['values'] = new Map(Object.entries(values))
  const asked: string[] = []
  let refusal: string | undefined
  const get = ({ SecretId }: z.infer<typeof GetSecretValue>) => {
    asked.push(SecretId)
    if (refusal) throw new Refused(refusal, 'An error occurred on the server side.')
    const value = kept.get(SecretId)
    if (value === undefined && empty.includes(SecretId))
      throw new Absent('ResourceNotFoundException', NO_VERSION)
    if (value === undefined)
      throw new Refused('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    const ARN = `arn:aws:secretsmanager:us-east-1:000000000000:secret:${SecretId}-AbCdEf`
    const held =
      typeof value === 'string'
        ? { SecretString: value }
        : { SecretBinary: Buffer.from(value).toString('base64') }
    return { ARN, Name: SecretId, VersionId: randomUUID(), VersionStages: ['AWSCURRENT'], ...held }
  }
  const server = await openAwsJson({
    ...{ service: 'secretsmanager', target: 'secretsmanager', malformed: 'InvalidParameterException' },
    operations: { GetSecretValue: operation(GetSecretValue, get) },
  })
  const refuseWith = (code: string | undefined) => {
    refusal = code
  }
  return Object.assign(server, { values: kept, asked, refuseWith })
}

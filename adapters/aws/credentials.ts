export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Gives credentials that are good now. Cheap to call: they are kept until they near their end. */
export type Credentials = () => Promise<AwsCredentials>

/**
 * How this process proves who it is. Lambda puts its role's credentials into the environment: those need no SDK. Elsewhere
 * (containers, machines, a developer's profile) the SDK's default chain finds them and renews them.
 */
export function openAwsCredentials(env: Readonly<Record<string, string | undefined>>): Credentials {
  const given = fromEnvironment(env)
  if (given) return async () => given
  let chain: Promise<Credentials> | undefined
  return async () => {
    chain ??= defaultChain()
    return (await chain)()
  }
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): AwsCredentials | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  if (!accessKeyId || !secretAccessKey) return undefined
  const sessionToken = env.AWS_SESSION_TOKEN
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

/** The chain of every client: it remembers its answer and renews it some minutes before it expires. */
async function defaultChain(): Promise<Credentials> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
  return defaultProvider()
}

import type { OpenColumn } from '../column.ts'
import { fromText } from './answers.ts'
import { awsCanary } from './aws-canary.ts'
import { aws } from './aws-command.ts'
import { awsImage } from './aws-image.ts'
import { publishOnAws } from './aws-publish.ts'
import { awsSecretExists, writeAwsSecret } from './aws-secrets.ts'
import { awsStateStore } from './aws-state-store.ts'
import { awsRegistryTargets, awsSecretTargets } from './aws-targets.ts'
import { DOCKER } from './media-image.ts'

/** What a deployment does on AWS outside of Terraform. */
export const openAwsColumn: OpenColumn = (options) => {
  const { place } = options
  return {
    tools: [AWS, DOCKER],
    account: {
      query: {
        command: aws(
          place,
          'see the account of these credentials',
          ...['sts', 'get-caller-identity', '--query', 'Account', '--output', 'text'],
        ),
        read: fromText('aws sts get-caller-identity', /^\d{12}$/),
      },
      wanted: place.environment.aws.accountId,
      field: 'aws.accountId',
      signIn: SIGN_IN,
    },
    bootstrap: () => awsStateStore(place),
    registryTargets: awsRegistryTargets,
    pushImage: (image) => awsImage(place, image),
    secretTargets: awsSecretTargets(place),
    secretExists: (name) => awsSecretExists(place, name),
    writeSecret: (name, value) => writeAwsSecret(place, name, value),
    publish: (release) => publishOnAws(place, release),
    canary: awsCanary(options),
  }
}

const AWS = {
  name: 'aws',
  install: 'AWS CLI 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
} as const

const SIGN_IN =
  'aws sso login (after aws configure sso), and AWS_PROFILE if it is not the default profile; in CI assume the role ' +
  'by OIDC, which sets AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN'

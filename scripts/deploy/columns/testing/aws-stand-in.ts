import { AWS_COMMON, AWS_FLAGS, DOCKER_FLAGS } from './aws-reference.ts'
import { readLine } from './flags.ts'
import { NotThere, readPath, type State, type Tool } from './state.ts'

interface Alias {
  readonly FunctionVersion: string
  readonly AdditionalVersionWeights: Record<string, number>
}

/** What `aws` does with the commands of the column. */
export const aws: Tool = (argv, state) => {
  const { command, flag } = readLine(argv, AWS_FLAGS, AWS_COMMON)
  const answer = ANSWERS[command]?.(flag, state)
  return answer === undefined ? '' : `${JSON.stringify(answer, null, 4)}\n`
}

type Answer = (flag: (name: string) => string, state: State) => unknown

const ANSWERS: Readonly<Record<string, Answer>> = {
  's3api head-bucket': (flag, state) => void state.need(`bucket ${flag('--bucket')}`),
  's3api create-bucket': (flag, state) => {
    // Asked for a second time, S3 answers BucketAlreadyOwnedByYou.
    state.make(`bucket ${flag('--bucket')}`, {})
    return { Location: `/${flag('--bucket')}` }
  },
  'ecr get-login-password': () => void process.stdout.write('ecr-password\n'),
  'ecr describe-images': (flag, state) =>
    void state.need(`image ${flag('--repository-name')}:${flag('--image-ids').replace('imageTag=', '')}`),
  'secretsmanager list-secret-version-ids': (flag, state) =>
    state.get(`secret ${flag('--secret-id')}`) === undefined
      ? { ARN: 'arn', Name: flag('--secret-id') }
      : { Versions: [{ VersionId: 'v', VersionStages: ['AWSCURRENT'] }] },
  'secretsmanager put-secret-value': (flag, state) => {
    state.set(`secret ${flag('--secret-id')}`, paramFile(flag('--secret-string')))
    return { ARN: 'arn', VersionStages: ['AWSCURRENT'] }
  },
  'ssm put-parameter': (flag, state) => state.set(`parameter ${flag('--name')}`, paramFile(flag('--value'))),
  'lambda list-aliases': (flag, state) => ({
    Aliases: Object.entries(aliases(flag, state)).map(([Name, alias]) => aliasAnswer(Name, alias)),
  }),
  'lambda get-alias': (flag, state) => {
    if (aliases(flag, state)[flag('--name')] === undefined) throw new NotThere('ResourceNotFoundException')
  },
  'lambda create-alias': putAlias,
  'lambda update-alias': putAlias,
  'lambda get-function-configuration': (flag) => flag('--qualifier'),
  'cloudwatch get-metric-data': (_flag, state) => state.get('metrics'),
  'logs filter-log-events': (_flag, state) => state.get('error lines'),
}

/** Without a second version AWS leaves the routing out. */
const aliasAnswer = (Name: string, { FunctionVersion, AdditionalVersionWeights = {} }: Alias) => ({
  ...{ Name, FunctionVersion },
  ...(Object.keys(AdditionalVersionWeights).length > 0 && { RoutingConfig: { AdditionalVersionWeights } }),
})

const aliases = (flag: (name: string) => string, state: State) =>
  (state.get(`aliases ${flag('--function-name')}`) ?? {}) as Record<string, Alias>

function putAlias(flag: (name: string) => string, state: State): Alias {
  const routing = flag('--routing-config')
  const alias = {
    FunctionVersion: flag('--function-version'),
    ...(routing === '' ? { AdditionalVersionWeights: {} } : JSON.parse(routing)),
  } as Alias
  state.set(`aliases ${flag('--function-name')}`, { ...aliases(flag, state), [flag('--name')]: alias })
  return alias
}

/** The AWS CLI opens what follows `file://` by its path. */
const paramFile = (value: string): string =>
  value.startsWith('file://') ? readPath(value.slice('file://'.length)) : value

/** What `docker` does with the commands of the columns. */
export const docker: Tool = (argv, state) => {
  const { command, flag, words } = readLine(argv, DOCKER_FLAGS, '')
  if (command === 'login')
    state.set('docker login', [...words, flag('--password-stdin'), readPath('/dev/stdin')])
  if (command === 'buildx build')
    state.set(`image ${flag('--tag').replace(/^[^/]+\//, '')}`, flag('--platform'))
  return ''
}

import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias/index.js'
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js'
import { zipHashBase64, zipPath } from '../shared/artifacts.ts'
import { nameFor } from '../shared/names.ts'
import type { DeployedFunction } from '../shared/outputs.ts'
import type { Place } from '../shared/place.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { platformSeconds } from './functions-settings.ts'
import {
  logStatements,
  type Reachable,
  receiveStatements,
  secretStatements,
  usesStatements,
  type WithJobs,
} from './permissions.ts'
import { type Identity, LAMBDA, makeIdentity } from './permissions-identity.ts'
import type { ConsumerQueue } from './queues.ts'
import type { Variables } from './settings.ts'

export interface DeployedLambda {
  readonly fn: PlannedFunction
  readonly lambda: LambdaFunction
  /** What every trigger calls: the version that serves, and during a canary the next one beside it. */
  readonly alias: LambdaAlias
  readonly identity: Identity
}

export interface FunctionsOptions {
  readonly reachable: Reachable & WithJobs
  readonly consumers: readonly ConsumerQueue[]
  readonly variables: (fn: PlannedFunction) => Variables
}

/** Every function of the plan but the jobs, each with a role, a log and an alias of its own. */
export const makeFunctions = (stack: SkyreelStack, options: FunctionsOptions): DeployedLambda[] =>
  stack.plan.filter(({ kind }) => kind !== 'job').map((fn) => makeFunction(stack, fn, options))

function makeFunction(stack: SkyreelStack, fn: PlannedFunction, options: FunctionsOptions): DeployedLambda {
  const functionName = nameFor(stack.place, 'lambda', fn.name)
  const log = new CloudwatchLogGroup(stack, `log-${fn.name}`, {
    name: `/aws/lambda/${functionName}`,
    retentionInDays: stack.place.environment.retention.logDays,
  })
  const statements = [...logStatements(log.arn), ...grantsOf(fn, stack.place, options)]
  const identity = makeIdentity(stack, { short: fn.name, service: LAMBDA, statements })
  const lambda = new LambdaFunction(stack, `fn-${fn.name}`, {
    functionName,
    role: identity.role.arn,
    environment: { variables: { ...options.variables(fn) } },
    loggingConfig: { logGroup: log.name, ...LOGGING },
    ...codeOf(fn),
    ...sizeOf(fn),
  })
  return { fn, lambda, identity, alias: serve(stack, fn, lambda) }
}

function grantsOf(fn: PlannedFunction, at: Place, { reachable, consumers }: FunctionsOptions) {
  const own = consumers.find(({ name }) => name === fn.name)
  const received = own === undefined ? [] : receiveStatements(own.queue.arn)
  return [...received, ...usesStatements(fn, reachable), ...secretStatements(fn, at, reachable.secrets)]
}

/**
 * Our lines are JSON and pass as they are. SKYREEL_LOG_LEVEL decides which are written, so Lambda drops none; of its own
 * lines, three a call otherwise, it keeps warnings.
 */
const LOGGING = { logFormat: 'JSON', applicationLogLevel: 'DEBUG', systemLogLevel: 'WARN' }

const codeOf = ({ name }: PlannedFunction) => ({
  ...{ runtime: 'nodejs24.x', architectures: ['arm64'], handler: 'index.handler', publish: true },
  ...{ filename: zipPath('aws', name), sourceCodeHash: zipHashBase64('aws', name) },
})

const sizeOf = (fn: PlannedFunction) => ({
  memorySize: fn.memoryMb,
  timeout: platformSeconds(fn),
  ...(fn.concurrency === undefined ? {} : { reservedConcurrentExecutions: fn.concurrency }),
})

/** Made with the first version; from then on the deployment moves it, and Terraform looks away. */
const serve = (stack: SkyreelStack, fn: PlannedFunction, lambda: LambdaFunction): LambdaAlias =>
  new LambdaAlias(stack, `live-${fn.name}`, {
    name: 'live',
    functionName: lambda.functionName,
    functionVersion: lambda.version,
    lifecycle: { ignoreChanges: ['function_version', 'routing_config'] },
  })

/** What the deployment needs to know of each function: its name here, and the version that was just published. */
export const told = (lambdas: readonly DeployedLambda[]): Record<string, DeployedFunction> =>
  Object.fromEntries(
    lambdas.map(({ fn, lambda }) => [
      fn.name,
      { kind: fn.kind as DeployedFunction['kind'], name: lambda.functionName, version: lambda.version },
    ]),
  )

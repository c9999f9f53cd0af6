import type { PlannedFunction } from '../shared/plan.ts'
import { evaluated } from './evaluate.ts'
import { blocks, inner, type Resource, record, resources, type Stack, text, type Values } from './stack.ts'

type Variables = Readonly<Record<string, string>>

/** A function or a job of the plan as a stack deploys it. On Azure an API is two. */
export interface Deployed {
  readonly fn: PlannedFunction
  readonly resource: Resource
  /** What it acts as, evaluated: ARN of a role, address of a service account, id of an identity. */
  readonly identity: string
  readonly variables: Variables
  /** After which the platform ends it. */
  readonly timeoutSeconds: number
}

/** Everything of the plan that is found in a stack. What is missing or there too often, `everyFunctionOnce` tells. */
export const deployed = (stack: Stack): readonly Deployed[] =>
  stack.plan.flatMap((fn) => (fn.kind === 'job' ? JOBS : FUNCTIONS)[stack.place.cloud](stack, fn))

type Find = (stack: Stack, fn: PlannedFunction) => readonly Deployed[]

const lambdas: Find = (stack, fn) =>
  resources(stack, 'aws_lambda_function')
    .filter(({ values }) => text(values.filename).endsWith(`/aws/${fn.name}.zip`))
    .map((resource) => ({
      ...{ fn, resource },
      identity: evaluated(stack, resource.values.role),
      variables: read(stack, record(inner(resource.values, 'environment').variables)),
      timeoutSeconds: Number(resource.values.timeout),
    }))

const tasks: Find = (stack, fn) =>
  resources(stack, 'aws_ecs_task_definition')
    .filter(({ values }) => endsWith(evaluated(stack, values.family), fn))
    .map((resource) => ({
      ...{ fn, resource },
      identity: evaluated(stack, resource.values.task_role_arn),
      variables: pairs(
        stack,
        blocks(containersOf(resource), 'containers').flatMap((one) => blocks(one, 'environment')),
      ),
      // Fargate has no limit: the job ends itself.
      timeoutSeconds: Number.POSITIVE_INFINITY,
    }))

const containersOf = ({ values }: Resource): Values => ({
  containers: JSON.parse(text(values.container_definitions) || '[]'),
})

/** The framework serves the function that this variable names; the bundle registers it under its manifest's name. */
const services: Find = (stack, fn) =>
  resources(stack, 'google_cloud_run_v2_service')
    .map((resource) => onRun(stack, { fn, resource, template: inner(resource.values, 'template') }))
    .filter(({ variables }) => variables.FUNCTION_TARGET === fn.name)

const runJobs: Find = (stack, fn) =>
  resources(stack, 'google_cloud_run_v2_job')
    .filter(({ values }) => endsWith(evaluated(stack, values.name), fn))
    .map((resource) =>
      onRun(stack, { fn, resource, template: inner(resource.values, 'template', 'template') }),
    )

function onRun(
  stack: Stack,
  { fn, resource, template }: { fn: PlannedFunction; resource: Resource; template: Values },
): Deployed {
  const env = blocks(template, 'containers').flatMap((container) => blocks(container, 'env'))
  return {
    ...{ fn, resource },
    identity: evaluated(stack, template.service_account),
    variables: pairs(stack, env),
    timeoutSeconds: Number(text(template.timeout).replace(/s$/, '')),
  }
}

const sites: Find = (stack, fn) =>
  resources(stack, 'azapi_resource')
    .filter(
      ({ values }) => text(values.type).startsWith('Microsoft.Web/sites@') && isAppOf(stack, values, fn),
    )
    .map((resource) => ({
      ...{ fn, resource },
      identity: identitiesOf(stack, resource),
      variables: pairs(
        stack,
        blocks(inner(resource.values, 'body', 'properties', 'siteConfig'), 'appSettings'),
      ),
      // The host's own limit is in the bundle's host.json.
      timeoutSeconds: Number.POSITIVE_INFINITY,
    }))

const isAppOf = ({ place }: Stack, { name }: Values, fn: PlannedFunction): boolean =>
  new RegExp(`^${place.prefix}-${fn.name}(-[ab])?-[a-z0-9]{6}$`).test(text(name))

const containerJobs: Find = (stack, fn) =>
  resources(stack, 'azurerm_container_app_job')
    .filter(
      (resource) =>
        endsWith(evaluated(stack, resource.values.name), fn) || resource.id.endsWith(`-${fn.name}`),
    )
    .map((resource) => ({
      ...{ fn, resource },
      identity: identitiesOf(stack, resource),
      variables: pairs(
        stack,
        blocks(inner(resource.values, 'template'), 'container').flatMap((one) => blocks(one, 'env')),
      ),
      timeoutSeconds: Number(resource.values.replica_timeout_in_seconds),
    }))

const identitiesOf = (stack: Stack, { values }: Resource): string =>
  [inner(values, 'identity').identity_ids]
    .flat()
    .map((id) => evaluated(stack, id))
    .join(' ')

const FUNCTIONS = { aws: lambdas, gcp: services, azure: sites }
const JOBS = { aws: tasks, gcp: runJobs, azure: containerJobs }

/** A job is named for itself or for its kind. */
const endsWith = (name: string, { name: own, trigger }: PlannedFunction): boolean =>
  name.endsWith(`-${own}`) || ('job' in trigger && name.endsWith(`-${trigger.job}`))

const read = (stack: Stack, variables: Values): Variables =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, evaluated(stack, value)]))

const pairs = (stack: Stack, env: readonly Values[]): Variables =>
  read(stack, Object.fromEntries(env.map(({ name, value }) => [text(name), value])))

import { deployed } from './deployed.ts'
import {
  type Finding,
  inner,
  number,
  type Rule,
  resources,
  type Stack,
  unless,
  type Values,
} from './stack.ts'

const ALL = ['aws', 'gcp', 'azure'] as const

/** The stack deploys the plan: nothing is missing, nothing is there twice, and nobody shares an identity. */
export const PLANNED_RULES: readonly Rule[] = [
  {
    name: 'every function and job of the plan is deployed once, and every API on Azure as a pair',
    on: ALL,
    find: (stack) =>
      stack.plan.flatMap((fn) => {
        const wanted = stack.place.cloud === 'azure' && fn.kind === 'http' ? 2 : 1
        const found = deployed(stack).filter((one) => one.fn === fn).length
        return found === wanted
          ? []
          : [{ address: fn.name, says: `is deployed ${found} times, not ${wanted}` }]
      }),
  },
  {
    name: 'nothing is deployed that is not in the plan',
    on: ALL,
    find: (stack) => {
      const known = new Set(deployed(stack).map(({ resource }) => resource.address))
      return unless(runnable(stack), ({ address }) => known.has(address), 'is no function of the plan')
    },
  },
  {
    name: 'every function and job has one identity of its own',
    on: ALL,
    find: (stack) => sharedIdentities(stack),
  },
  {
    name: 'instances are bounded where the manifest says so',
    on: ALL,
    find: (stack) =>
      deployed(stack).flatMap(({ fn, resource: { address, values } }) => {
        if (fn.kind === 'job' || fn.concurrency === undefined) return []
        const bound = BOUND[stack.place.cloud](values)
        return bound === atLeast(stack, fn.concurrency)
          ? []
          : [{ address, says: `may have ${bound} instances at once, not ${fn.concurrency}` }]
      }),
  },
  {
    name: 'no function keeps an instance while nobody calls',
    on: ALL,
    find: (stack) =>
      unless(
        runnable(stack),
        ({ values }) => !/"(min_instance_count|alwaysReady)":(\[\{|[1-9])/.test(JSON.stringify(values)),
        'keeps an instance that is paid for without a call',
      ),
  },
]

const RUNNABLE = {
  aws: ['aws_lambda_function', 'aws_ecs_task_definition'],
  gcp: ['google_cloud_run_v2_service', 'google_cloud_run_v2_job', 'google_cloudfunctions2_function'],
  azure: ['azurerm_container_app_job', 'azurerm_function_app_flex_consumption', 'azurerm_linux_function_app'],
}

const runnable = (stack: Stack) => [
  ...RUNNABLE[stack.place.cloud].flatMap((type) => resources(stack, type)),
  ...resources(stack, 'azapi_resource').filter(({ values }) =>
    /^Microsoft\.(Web\/sites|App\/jobs)@/.test(String(values.type)),
  ),
]

const BOUND = {
  aws: (values: Values) => number(values.reserved_concurrent_executions),
  gcp: (values: Values) => number(inner(values, 'template', 'scaling').max_instance_count),
  azure: (values: Values) =>
    number(
      inner(values, 'body', 'properties', 'functionAppConfig', 'scaleAndConcurrency').maximumInstanceCount,
    ),
}

/** Flex Consumption takes no smaller bound than 40. https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan */
const atLeast = ({ place }: Stack, concurrency: number): number =>
  place.cloud === 'azure' ? Math.max(40, concurrency) : concurrency

/** The two apps of one API are one function; they may be one identity, too. */
function sharedIdentities(stack: Stack): readonly Finding[] {
  const owners = new Map<string, string>()
  return deployed(stack).flatMap(({ fn, resource: { address }, identity }) => {
    if (identity === '' || identity.includes(' ')) return [{ address, says: 'has not exactly one identity' }]
    const owner = owners.get(identity)
    owners.set(identity, owner ?? fn.name)
    return owner === undefined || owner === fn.name ? [] : [{ address, says: `acts as ${owner}` }]
  })
}

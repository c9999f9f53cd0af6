import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service/index.js'
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member/index.js'
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js'
import type { DeployedFunction } from '../shared/outputs.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { FilmsKey } from './films-key.ts'
import { type Built, type BuiltFunction, buildFunction, buildRights } from './functions-build.ts'
import { containerOf, requestsAtOnce } from './functions-container.ts'
import { type Identities, identityOf } from './permissions.ts'
import { serviceName } from './settings-names.ts'

export type Functions = ReadonlyMap<string, CloudRunV2Service>

/** More than the function gives itself: its own answer that the time is up must come first. */
const ANSWER_SECONDS = 5

interface FunctionParts extends Built {
  readonly identities: Identities
  readonly filmsKey: FilmsKey
}

/**
 * Every API, reaction and schedule, as a Cloud Run service of an image that is built from the zip as Cloud Run functions builds
 * it. Not as `cloudfunctions2`: with that resource the provider takes all traffic to each new revision, and no release could
 * be tried on a part of it.
 */
export function layFunctions(stack: SkyreelStack, built: FunctionParts): Functions {
  const rights = buildRights(stack, built)
  const functions = stack.plan.filter(({ kind }) => kind !== 'job')
  return new Map(
    functions.map((fn) => {
      const account = identityOf(built.identities, fn)
      const made = { account, filmsKey: built.filmsKey.id, ...buildFunction(stack, built, { fn, rights }) }
      return [fn.name, layFunction(stack, fn, made)]
    }),
  )
}

type Made = BuiltFunction & { readonly account: ServiceAccount; readonly filmsKey: string }

const layFunction = (stack: SkyreelStack, fn: PlannedFunction, made: Made): CloudRunV2Service =>
  new CloudRunV2Service(stack, `fn-${fn.name}`, {
    name: serviceName(stack.place, fn),
    location: stack.place.environment.gcp.region,
    // Nothing is lost with it, and `destroy` must end.
    deletionProtection: false,
    ...reachOf(fn),
    template: templateOf(stack, fn, made),
    traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }],
    dependsOn: [made.build],
    // The canary moves the traffic by `gcloud`, which also signs as the last client.
    lifecycle: { ignoreChanges: ['traffic', 'client', 'client_version'] },
  })

/**
 * An API answers whom the load balancer brings, without a look at who calls: IAM's check is off, where a grant to allUsers would
 * break the rule of many organisations. Everything else hears Google's own services of this project alone, signed in.
 */
const reachOf = ({ kind }: PlannedFunction) =>
  kind === 'http'
    ? { ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', invokerIamDisabled: true }
    : { ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY' }

const templateOf = (stack: SkyreelStack, fn: PlannedFunction, { image, account, filmsKey }: Made) => ({
  serviceAccount: account.email,
  timeout: `${fn.timeoutSeconds + ANSWER_SECONDS}s`,
  maxInstanceRequestConcurrency: requestsAtOnce(fn),
  ...(fn.concurrency === undefined ? {} : { scaling: { maxInstanceCount: fn.concurrency } }),
  containers: [containerOf(stack, fn, { image, filmsKey })],
})

/** Lets an account call a function: the grant that Cloud Run asks of whoever is not the load balancer. */
export const letCall = (
  stack: SkyreelStack,
  { fn, service, caller }: { fn: string; service: CloudRunV2Service; caller: ServiceAccount },
): CloudRunV2ServiceIamMember =>
  new CloudRunV2ServiceIamMember(stack, `call-${fn}-${caller.node.id.replace('account-call-', '')}`, {
    name: service.name,
    location: service.location,
    role: 'roles/run.invoker',
    member: caller.member,
  })

/** The service of a function of the plan. Throws where there is none: a defect of the stack. */
export function serviceOf(functions: Functions, name: string): CloudRunV2Service {
  const found = functions.get(name)
  if (found === undefined) throw new Error(`there is no service of ${name}`)
  return found
}

/** What the deployment is told of each; revisions are named by Cloud Run. */
export const functionOutputs = (stack: SkyreelStack): Record<string, DeployedFunction> =>
  Object.fromEntries(
    stack.plan.flatMap((fn) =>
      fn.kind === 'job' ? [] : [[fn.name, { kind: fn.kind, name: serviceName(stack.place, fn) }]],
    ),
  )

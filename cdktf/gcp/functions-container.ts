import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Facts, settingsOf, signsUrls } from './settings.ts'
import { accountAddress } from './settings-names.ts'

/** A hash of a password takes 19 MB: twenty at once fit beside the rest in what an API is given. */
const API_REQUESTS = 20

/**
 * Requests that one instance handles side by side. A reaction or a schedule has its instance to itself: its memory is measured
 * for one, and an error that belongs to no request would end the work of its neighbours.
 */
export const requestsAtOnce = ({ kind }: PlannedFunction): number => (kind === 'http' ? API_REQUESTS : 1)

export interface ContainerFacts extends Facts {
  readonly image: string
}

/** The container of a function: a whole processor, paid for while a request is handled and at no other time. */
export function containerOf(stack: SkyreelStack, fn: PlannedFunction, { image, ...facts }: ContainerFacts) {
  return {
    image,
    resources: {
      limits: { cpu: '1', memory: `${fn.memoryMb}Mi` },
      cpuIdle: true,
      startupCpuBoost: true,
    },
    env: Object.entries(variablesOf(stack, fn, facts)).map(([name, value]) => ({ name, value })),
  }
}

/** Of functions-framework, beside our own. */
function variablesOf(stack: SkyreelStack, fn: PlannedFunction, facts: Facts): Record<string, string> {
  return {
    FUNCTION_SIGNATURE_TYPE: signatureOf(fn),
    FUNCTION_TARGET: fn.name,
    // Empty, not absent: the framework would answer /favicon.ico and /robots.txt itself.
    IGNORED_ROUTES: '',
    ...settingsOf(stack.place, stack.plan, fn, facts),
    // The load balancer adds one address to those that Cloud Run's own front adds.
    ...(fn.kind === 'http' ? { SKYREEL_TRUSTED_HOPS: '1' } : {}),
    ...(signsUrls(fn) ? { SKYREEL_GCP_SERVICE_ACCOUNT: accountAddress(stack.place, fn) } : {}),
  }
}

/** The form in which the framework hands over: a schedule is a plain request. */
const signatureOf = ({ kind }: PlannedFunction): 'http' | 'cloudevent' =>
  kind === 'on' ? 'cloudevent' : 'http'

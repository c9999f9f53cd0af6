import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job/index.js'
import type { CronFunction } from '../../core/run/function.ts'
import { unixCron } from '../../functions/entry/cron-forms.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Functions, letCall, serviceOf } from './functions.ts'
import type { Callers } from './permissions.ts'
import { serviceName } from './settings-names.ts'

/** More than Cloud Run gives the function, whose answer then comes first. */
const BEYOND_ANSWER_SECONDS = 10

/** One Cloud Scheduler job for each schedule: a signed POST to the service. */
export function laySchedules(stack: SkyreelStack, by: { functions: Functions; callers: Callers }): void {
  for (const fn of stack.plan) if ('every' in fn.trigger) schedule(stack, fn, fn.trigger.every, by)
}

function schedule(
  stack: SkyreelStack,
  fn: PlannedFunction,
  every: string,
  { functions, callers }: { functions: Functions; callers: Callers },
): void {
  const service = serviceOf(functions, fn.name)
  const mayCall = letCall(stack, { fn: fn.name, service, caller: callers.schedules })
  new CloudSchedulerJob(stack, `cron-${fn.name}`, {
    name: serviceName(stack.place, fn),
    region: stack.place.environment.gcp.region,
    schedule: unixCron(every as CronFunction['every']),
    timeZone: 'Etc/UTC',
    attemptDeadline: `${fn.timeoutSeconds + BEYOND_ANSWER_SECONDS}s`,
    // What runs each minute is its own second try; what runs each day would be missed for a day.
    retryConfig: { retryCount: every === '1 minute' ? 0 : 3, minBackoffDuration: '60s' },
    httpTarget: {
      httpMethod: 'POST',
      uri: `${service.uri}/`,
      oidcToken: { serviceAccountEmail: callers.schedules.email, audience: service.uri },
    },
    dependsOn: [mayCall],
  })
}

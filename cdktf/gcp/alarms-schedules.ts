import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { counted, metric, oneOf, type Watched } from './alarms-conditions.ts'
import { serviceName } from './settings-names.ts'

const SERVICE = 'resource.labels.service_name'

/**
 * Schedules apart from all other calls: one that fails each minute does so five times in five minutes, and no more. What
 * runs less often is tried again after one minute and after two more, so that it counts three.
 */
export const failedSchedules = ({ place, plan }: SkyreelStack): Watched => ({
  id: 'failed-schedules',
  title: 'a schedule fails',
  severity: 'ERROR',
  advice:
    'More than two of its runs in five minutes failed or were refused. The log of the service says why.',
  seen: counted({
    filter: metric(
      'cloud_run_revision',
      'run.googleapis.com/request_count',
      'metric.labels.response_code_class != "2xx"',
      `${SERVICE} = ${oneOf(plan.filter(({ kind }) => kind === 'cron').map((fn) => serviceName(place, fn)))}`,
    ),
    above: 2,
    by: SERVICE,
  }),
})

import { ncrontab } from '../../functions/entry/cron-forms.ts'
import type { PlannedFunction } from '../shared/plan.ts'

/**
 * When each timer runs, in Azure's notation. There is no scheduler to deploy: a timer's schedule lies in its bundle, and the
 * platform wakes the app by it. Throws for an interval that cron cannot say, so that synthesis refuses it and not the host.
 */
export function timersOf(plan: readonly PlannedFunction[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    plan.flatMap(({ name, trigger }) =>
      'every' in trigger ? [[name, ncrontab(trigger.every as Parameters<typeof ncrontab>[0])]] : [],
    ),
  )
}

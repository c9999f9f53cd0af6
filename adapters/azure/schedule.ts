import type { Ids } from '../../core/ports/ids.ts'
import type { Scheduled } from '../../core/run/consumer.ts'
import type { Log } from '../../core/run/log.ts'
import { endOnAbort } from '../node/end-on-abort.ts'
import { loadEarly } from './events-load.ts'
import { type AzureInvocation, openInvocation } from './log-context.ts'

/** What `app.timer` calls. A run that fails is logged and throws, so that the host counts it; the next one is on time. */
export function azureSchedule(
  load: () => Promise<Scheduled>,
  options: { readonly log: Log; readonly ids: Ids },
): (timer: unknown, context: AzureInvocation) => Promise<void> {
  const loaded = loadEarly(load, options.log)
  return async (_timer, context) => {
    const scheduled = await loaded()
    const { name, timeoutSeconds } = scheduled
    const { ctx, deadline, release } = openInvocation(context, options, {
      timeoutSeconds,
      fields: { function: name },
    })
    try {
      await endOnAbort(scheduled.run(ctx), ctx.signal)
    } catch (error) {
      ctx.log.error('a scheduled run failed', { error })
      throw error
    } finally {
      deadline.end()
      release()
    }
  }
}

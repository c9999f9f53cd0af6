import middy from '@middy/core'
import type { Scheduled } from '../../core/run/consumer.ts'
import { openDeadline } from '../node/deadline.ts'
import { type AwsOptions, CallAgain, contextOf, loadedOrThrow } from './events-context.ts'
import { type LambdaHandler, workMs } from './events-native.ts'
import { startLoading } from './http-load.ts'

/**
 * One schedule as a Lambda handler for EventBridge Scheduler, whose payload tells nothing that we need. A run that fails
 * is logged and thrown: Lambda calls again, twice at most.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 */
export function awsSchedule(load: () => Promise<Scheduled>, options: AwsOptions): LambdaHandler<void> {
  const loading = startLoading(load)
  const handler: LambdaHandler<void> = async (_, context) => {
    const scheduled = await loadedOrThrow(loading, options.log)
    const deadline = openDeadline(workMs(context, scheduled.timeoutSeconds))
    const fields = { function: scheduled.name }
    const ctx = contextOf(context, options, { signal: deadline.signal, fields })
    try {
      await scheduled.run(ctx)
    } catch (error) {
      ctx.log.error('a scheduled run failed', { error })
      throw new CallAgain(`${scheduled.name} failed`, { cause: error })
    } finally {
      deadline.end()
    }
  }
  return middy(handler, { timeoutEarlyInMillis: 0 }) as LambdaHandler<void>
}

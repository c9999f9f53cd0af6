import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { DeployedLambda } from './functions.ts'
import type { ConsumerQueue } from './queues.ts'

/** Gives each consumer its queue's messages, in batches of which it names those that failed. */
export function consumeQueues(
  stack: SkyreelStack,
  consumers: readonly ConsumerQueue[],
  lambdas: readonly DeployedLambda[],
): void {
  for (const { name, fn, queue } of consumers) {
    const lambda = lambdas.find((one) => one.fn.name === name)
    if (lambda === undefined) throw new Error(`${name} has a queue and no function`)
    new LambdaEventSourceMapping(stack, `consume-${name}`, {
      eventSourceArn: queue.arn,
      functionName: lambda.alias.arn,
      functionResponseTypes: ['ReportBatchItemFailures'],
      ...sharesOf(fn),
      // Lambda tries to read the queue while the mapping is made.
      dependsOn: [lambda.identity.policy],
    })
  }
}

/**
 * A batch is handled side by side in one instance. Where a manifest bounds the instances the work is heavy: one at a time
 * each. The mapping has the same bound as the function, or messages would be received for nothing, and counted.
 */
function sharesOf({ concurrency }: PlannedFunction) {
  if (concurrency === undefined) return { batchSize: 10 }
  // Two is the least that SQS takes; below it the function's own bound holds.
  return { batchSize: 1, scalingConfig: { maximumConcurrency: Math.max(2, concurrency) } }
}

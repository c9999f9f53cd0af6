import { LoggingProjectBucketConfig } from '@cdktf/provider-google/lib/logging-project-bucket-config/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/**
 * How long the project's logs are kept. They lie in the bucket that Google makes with a project; one of our own would have
 * every line paid twice. A preview shares the project of its environment, which decides.
 */
export function keepLogs(stack: SkyreelStack): void {
  const { environment, preview } = stack.place
  if (preview !== '') return
  new LoggingProjectBucketConfig(stack, 'logs', {
    project: environment.gcp.projectId,
    location: 'global',
    bucketId: '_Default',
    retentionDays: environment.retention.logDays,
  })
}

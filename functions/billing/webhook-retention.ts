import { cron } from '../../core/run/function.ts'
import { stripPayloads } from '../../core/webhooks/retention.ts'

export default cron({
  name: 'webhook-retention',
  every: '1 day',
  uses: { db: 'readwrite' },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: stripPayloads,
})

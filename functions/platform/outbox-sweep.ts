import { cron } from '../../core/run/function.ts'
import { sweepOutbox } from '../../core/run/sweep-outbox.ts'

export default cron({
  name: 'outbox-sweep',
  every: '1 minute',
  uses: { db: 'readwrite', bus: ['publish'], queue: ['send'] },
  memoryMb: 256,
  timeoutSeconds: 60,
  handler: sweepOutbox,
})

import { projectRevenue } from '../../core/ledger/revenue.ts'
import { cron } from '../../core/run/function.ts'

export default cron({
  name: 'revenue-daily',
  every: '1 day',
  uses: { db: 'readwrite' },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: projectRevenue,
})

import { cron } from '../../core/run/function.ts'
import { purgeInbox } from '../../core/run/purge-inbox.ts'

export default cron({
  name: 'inbox-purge',
  every: '1 day',
  uses: { db: 'readwrite' },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: purgeInbox,
})

import { purgeSessions } from '../../core/identity/purge.ts'
import { cron } from '../../core/run/function.ts'

export default cron({
  name: 'session-purge',
  every: '1 day',
  uses: { db: 'readwrite' },
  memoryMb: 256,
  timeoutSeconds: 60,
  handler: async (ports, ctx) => {
    const removed = await purgeSessions(ports)
    if (removed > 0) ctx.log.info('old sessions removed', { removed })
  },
})

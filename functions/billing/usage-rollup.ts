import { cron } from '../../core/run/function.ts'
import { rollUp } from '../../core/usage/rollup.ts'

export default cron({
  name: 'usage-rollup',
  every: '1 minute',
  uses: { db: 'readwrite' },
  memoryMb: 256,
  timeoutSeconds: 60,
  handler: async (ports, ctx) => {
    await rollUp(ports, ctx)
  },
})

import { cron } from '../../core/run/function.ts'
import { meterStored } from '../../core/usage/stored.ts'

export default cron({
  name: 'usage-stored',
  every: '1 hour',
  uses: { db: 'readwrite' },
  memoryMb: 256,
  timeoutSeconds: 60,
  handler: async (ports) => {
    await meterStored(ports)
  },
})

import { sweepPlayback } from '../../core/playback/sweep.ts'
import { cron } from '../../core/run/function.ts'

export default cron({
  name: 'playback-sweep',
  every: '1 hour',
  uses: { db: 'readwrite' },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: (ports) => sweepPlayback(ports),
})

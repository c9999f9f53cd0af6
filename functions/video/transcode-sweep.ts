import { cron } from '../../core/run/function.ts'
import { sweepTranscodes } from '../../core/transcode/start.ts'

export default cron({
  name: 'transcode-sweep',
  every: '1 minute',
  uses: { db: 'readwrite', jobs: ['transcode'], bus: ['publish'] },
  memoryMb: 256,
  timeoutSeconds: 60,
  handler: sweepTranscodes,
})

import { cron } from '../../core/run/function.ts'
import { sweepTranscodes } from '../../core/transcode/start.ts'

export default cron({
  name: 'transcode-sweep',
  every: '1 minute',
  uses: { db: 'read', jobs: ['transcode'] },
  memoryMb: 256,
  timeoutSeconds: 60,
  handler: sweepTranscodes,
})

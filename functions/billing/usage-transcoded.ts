import { on } from '../../core/run/function.ts'
import { meterTranscoded } from '../../core/usage/transcoded.ts'

export default on({
  name: 'usage-transcoded',
  type: 'video.ready',
  uses: { db: 'readwrite' },
  attempts: 5,
  memoryMb: 256,
  timeoutSeconds: 30,
  handler: meterTranscoded,
})

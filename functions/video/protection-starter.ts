import { onVideoProtecting } from '../../core/protection/on.ts'
import { on } from '../../core/run/function.ts'

export default on({
  name: 'protection-starter',
  type: 'video.protecting',
  uses: { db: 'readwrite', jobs: ['transcode'] },
  attempts: 5,
  memoryMb: 256,
  timeoutSeconds: 30,
  handler: onVideoProtecting,
})

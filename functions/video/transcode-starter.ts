import { on } from '../../core/run/function.ts'
import { onVideoUploaded } from '../../core/video/on.ts'

export default on({
  name: 'transcode-starter',
  type: 'video.uploaded',
  uses: { db: 'readwrite', jobs: ['transcode'] },
  attempts: 5,
  memoryMb: 256,
  timeoutSeconds: 30,
  handler: onVideoUploaded,
})

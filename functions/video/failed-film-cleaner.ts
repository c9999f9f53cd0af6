import { on } from '../../core/run/function.ts'
import { onVideoFailed } from '../../core/video/on.ts'

export default on({
  name: 'failed-film-cleaner',
  type: 'video.failed',
  uses: {
    db: 'readwrite',
    storage: { uploads: ['list', 'remove'], media: ['list', 'remove'] },
    jobs: ['transcode', 'thumbnails'],
  },
  attempts: 5,
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: onVideoFailed,
})

import { on } from '../../core/run/function.ts'
import { onVideoDeleted } from '../../core/video/on.ts'

export default on({
  name: 'deleted-video-cleaner',
  type: 'video.deleted',
  uses: {
    db: 'readwrite',
    storage: { uploads: ['put', 'list', 'remove'], media: ['list', 'remove'] },
    jobs: ['transcode', 'thumbnails'],
  },
  attempts: 5,
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: onVideoDeleted,
})

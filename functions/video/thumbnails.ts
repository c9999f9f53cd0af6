import { on } from '../../core/run/function.ts'
import { makePictures } from '../../core/thumbnails/in-function.ts'

export default on({
  name: 'thumbnails',
  type: 'video.uploaded',
  uses: {
    db: 'readwrite',
    storage: { uploads: ['get', 'head'], media: ['put', 'list', 'remove'] },
    jobs: ['thumbnails'],
  },
  attempts: 3,
  memoryMb: 512,
  timeoutSeconds: 120,
  concurrency: 20,
  bundle: { reason: 'ffmpeg as WebAssembly, 32 MB, which its worker thread alone loads' },
  handler: makePictures,
})

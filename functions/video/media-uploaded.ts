import { on } from '../../core/run/function.ts'
import { onMediaUploaded } from '../../core/video/on.ts'

export default on({
  name: 'media-uploaded',
  type: 'storage.object.created',
  bucket: 'uploads',
  // Parts that were left behind go with it: Azure lists and overwrites blocks for that.
  uses: { db: 'readwrite', storage: { uploads: ['list', 'put', 'remove'] }, bus: ['publish'] },
  attempts: 5,
  memoryMb: 256,
  timeoutSeconds: 30,
  handler: onMediaUploaded,
})

import { on } from '../../core/run/function.ts'
import { onMediaUploaded } from '../../core/video/on.ts'

export default on({
  name: 'media-uploaded',
  type: 'storage.object.created',
  bucket: 'uploads',
  uses: { db: 'readwrite', storage: { uploads: ['remove'] }, bus: ['publish'] },
  attempts: 5,
  memoryMb: 256,
  timeoutSeconds: 30,
  handler: onMediaUploaded,
})

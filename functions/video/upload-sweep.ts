import { cron } from '../../core/run/function.ts'
import { purgeDeleted } from '../../core/video/delete-video.ts'
import { sweepUploads } from '../../core/video/sweep-uploads.ts'

export default cron({
  name: 'upload-sweep',
  every: '1 minute',
  uses: {
    db: 'readwrite',
    storage: { uploads: ['head', 'put', 'list', 'remove'], media: ['list', 'remove'] },
    bus: ['publish'],
  },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: async (ports, ctx) => {
    await sweepUploads(ports, ctx)
    await purgeDeleted(ports, ctx)
  },
})

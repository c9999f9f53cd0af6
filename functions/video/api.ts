import { http } from '../../core/run/function.ts'
import { playbackRoutes } from '../../core/video/playback-routes.ts'
import { uploadRoutes } from '../../core/video/upload-routes.ts'
import { videoRoutes } from '../../core/video/video-routes.ts'

export default http({
  name: 'video-api',
  routes: [...videoRoutes, ...uploadRoutes, ...playbackRoutes],
  uses: {
    db: 'readwrite',
    storage: { uploads: ['sign-put', 'put', 'list', 'remove'], media: ['put', 'remove'] },
    bus: ['publish'],
    secrets: ['token-key', 'delivery-key'],
  },
  memoryMb: 512,
  timeoutSeconds: 30,
})

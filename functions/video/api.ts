import { http } from '../../core/run/function.ts'
import { deliveryRoutes } from '../../core/video/delivery-routes.ts'
import { playbackRoutes } from '../../core/video/playback-routes.ts'
import { uploadRoutes } from '../../core/video/upload-routes.ts'
import { videoRoutes } from '../../core/video/video-routes.ts'

export default http({
  name: 'video-api',
  routes: [...videoRoutes, ...uploadRoutes, ...playbackRoutes, ...deliveryRoutes],
  uses: {
    db: 'readwrite',
    storage: { uploads: ['sign-put', 'put', 'list', 'remove'], media: ['get', 'put', 'remove'] },
    bus: ['publish'],
    secrets: ['token-key', 'delivery-key', 'database-url', 'storage-key', 'cdn-key'],
  },
  memoryMb: 512,
  // An HTTP API of AWS gives up after 30 seconds; our own answer must come first.
  timeoutSeconds: 28,
})

import { sessionRoutes } from '../../core/playback/session-routes.ts'
import { streamRoutes } from '../../core/playback/stream-routes.ts'
import { http } from '../../core/run/function.ts'
import { deliveryRoutes } from '../../core/video/delivery-routes.ts'

export default http({
  name: 'playback-api',
  // What is asked below /v1/videos is video-api's: a gateway gives all paths of one beginning to one function.
  routes: [...sessionRoutes, ...streamRoutes, ...deliveryRoutes],
  uses: {
    db: 'readwrite',
    storage: { media: ['get'] },
    secrets: ['token-key', 'delivery-key', 'database-url', 'storage-key', 'cdn-key'],
  },
  memoryMb: 512,
  timeoutSeconds: 28,
})

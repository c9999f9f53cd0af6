import { rulesRoutes } from '../../core/playback/rules-routes.ts'
import { audienceRoutes } from '../../core/playback/session-routes.ts'
import { protectionRoutes } from '../../core/protection/routes.ts'
import { http } from '../../core/run/function.ts'
import { openRoutes, playbackRoutes } from '../../core/video/playback-routes.ts'
import { uploadRoutes } from '../../core/video/upload-routes.ts'
import { videoRoutes } from '../../core/video/video-routes.ts'

export default http({
  name: 'video-api',
  routes: [
    ...[...videoRoutes, ...uploadRoutes, ...playbackRoutes, ...protectionRoutes],
    ...[...openRoutes, ...audienceRoutes, ...rulesRoutes],
  ],
  uses: {
    db: 'readwrite',
    storage: { uploads: ['sign-put', 'put', 'list', 'remove'], media: ['get', 'head', 'put', 'remove'] },
    bus: ['publish'],
    keyVault: ['wrap', 'unwrap'],
    secrets: [
      ...['token-key', 'delivery-key', 'database-url', 'storage-key', 'cdn-key'],
      // Which systems open a film is told with its playback.
      ...['widevine', 'playready', 'fairplay', 'drm-vendors'],
    ],
  },
  memoryMb: 512,
  bundle: {
    reason: 'a gateway gives all paths below /v1/videos to one function: uploads, protection and playback',
  },
  // An HTTP API of AWS gives up after 30 seconds; our own answer must come first.
  timeoutSeconds: 28,
})

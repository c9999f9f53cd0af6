import { callbackRoutes } from '../../core/drm/callback-routes.ts'
import { http } from '../../core/run/function.ts'

export default http({
  name: 'drm-callback',
  routes: callbackRoutes,
  uses: { db: 'readwrite', secrets: ['drm-vendors', 'token-key'] },
  memoryMb: 512,
  // The decision takes two seconds at most; no vendor waits longer than this.
  timeoutSeconds: 5,
})

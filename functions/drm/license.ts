import { licenseRoutes } from '../../core/drm/license-routes.ts'
import { http } from '../../core/run/function.ts'

export default http({
  name: 'drm-license',
  routes: licenseRoutes,
  uses: {
    db: 'readwrite',
    keyVault: ['unwrap'],
    licenseServers: ['widevine', 'playready', 'fairplay'],
    secrets: ['token-key', 'widevine', 'playready', 'fairplay', 'drm-vendors'],
  },
  memoryMb: 512,
  timeoutSeconds: 10,
})

import { spekeRoutes } from '../../core/drm/speke/routes.ts'
import { http } from '../../core/run/function.ts'

export default http({
  name: 'drm-speke',
  routes: spekeRoutes,
  uses: { db: 'readwrite', keyVault: ['wrap', 'unwrap'], secrets: ['speke'] },
  memoryMb: 512,
  timeoutSeconds: 20,
})

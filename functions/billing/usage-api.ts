import { http } from '../../core/run/function.ts'
import { usageRoutes } from '../../core/usage/usage-routes.ts'

export default http({
  name: 'usage-api',
  routes: usageRoutes,
  uses: { db: 'readwrite', secrets: ['token-key'] },
  memoryMb: 256,
  timeoutSeconds: 15,
})

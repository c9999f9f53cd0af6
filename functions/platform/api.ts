import type { Route } from '../../core/http/route.ts'
import { platformRoutes } from '../../core/platform/http.ts'
import { http } from '../../core/run/function.ts'
import catalogApi from '../catalog/api.ts'
import identityApi from '../identity/api.ts'
import videoApi from '../video/api.ts'

const routes: readonly Route[] = platformRoutes(() => [
  ...identityApi.routes,
  ...videoApi.routes,
  ...catalogApi.routes,
  ...routes,
])

export default http({
  name: 'platform-api',
  routes,
  uses: { db: 'read' },
  memoryMb: 256,
  timeoutSeconds: 10,
})

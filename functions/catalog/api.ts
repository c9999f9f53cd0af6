import { partRoutes } from '../../core/catalog/part-routes.ts'
import { seasonRoutes } from '../../core/catalog/season-routes.ts'
import { titleRoutes } from '../../core/catalog/title-routes.ts'
import { http } from '../../core/run/function.ts'

export default http({
  name: 'catalog-api',
  routes: [...titleRoutes, ...partRoutes, ...seasonRoutes],
  uses: { db: 'readwrite', secrets: ['token-key', 'delivery-key'] },
  memoryMb: 256,
  timeoutSeconds: 10,
})

import { partRoutes } from '../../core/catalog/part-routes.ts'
import { seasonRoutes } from '../../core/catalog/season-routes.ts'
import { titleRoutes } from '../../core/catalog/title-routes.ts'
import { http } from '../../core/run/function.ts'

export default http({
  name: 'catalog-api',
  routes: [...titleRoutes, ...partRoutes, ...seasonRoutes],
  // The last two sign the URLs of posters.
  uses: { db: 'readwrite', secrets: ['token-key', 'delivery-key', 'storage-key', 'cdn-key'] },
  memoryMb: 256,
  timeoutSeconds: 10,
})

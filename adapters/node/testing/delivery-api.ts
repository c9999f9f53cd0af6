import { createRouter } from '../../../core/http/router.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import { deliveryRoutes } from '../../../core/video/delivery-routes.ts'
import { openTestServer, type TestServer } from './server.ts'

/** Our API with the route of playlists alone. `ports` may be completed once its origin is known. */
export function openDeliveryApi(ports: Partial<Ports>): Promise<TestServer> {
  const router = createRouter(deliveryRoutes, async () => undefined)
  return openTestServer({ handle: (request, ctx) => router.handle(request, ports as Ports, ctx) })
}

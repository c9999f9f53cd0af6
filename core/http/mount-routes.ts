import { authenticate } from '../identity/authenticate.ts'
import type { Ports } from '../ports/ports.ts'
import type { HttpFunction } from '../run/function.ts'
import type { HttpMount } from './mount.ts'
import { createRouter } from './router.ts'

/** A deployed API with the outside under it, as adapters mount it. */
export function mountRoutes({ routes, timeoutSeconds }: HttpFunction, ports: Ports): HttpMount {
  const router = createRouter(routes, authenticate)
  return { timeoutSeconds, handle: (request, ctx) => router.handle(request, ports, ctx) }
}

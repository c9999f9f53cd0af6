import { authenticate } from '../identity/authenticate.ts'
import type { Ports } from '../ports/ports.ts'
import type { HttpFunction } from '../run/function.ts'
import { meteredMount } from '../usage/metered-mount.ts'
import type { HttpMount } from './mount.ts'
import { createRouter } from './router.ts'

/** A deployed API with the outside under it, as adapters mount it. */
export function mountRoutes(fn: HttpFunction, ports: Ports): HttpMount {
  if (fn.uses.db === 'readwrite') return meteredMount(fn, ports)
  // A role that may only read cannot write down what it counted.
  const router = createRouter(fn.routes, authenticate)
  return {
    timeoutSeconds: fn.timeoutSeconds,
    handle: (request, ctx) => router.handle(request, ports, ctx),
  }
}

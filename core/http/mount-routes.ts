import type { Ports } from '../ports/ports.ts'
import type { HttpFunction } from '../run/function.ts'
import type { HttpMount } from './mount.ts'
import { type Authenticate, createRouter } from './router.ts'

/** A deployed API with the outside under it, as adapters mount it. */
export function mountRoutes({ routes, timeoutSeconds }: HttpFunction, ports: Ports): HttpMount {
  const isAsked = routes.some(({ access }) => access !== 'public')
  const router = createRouter(routes, isAsked ? authenticateSoon() : nobody)
  return { timeoutSeconds, handle: (request, ctx) => router.handle(request, ports, ctx) }
}

/** Loaded while the function starts; tokens and sessions are 9 ms of a cold start, which a webhook need not pay. */
function authenticateSoon(): Authenticate {
  const load = () => import('../identity/authenticate.ts')
  const loading = load()
  // It is told to whoever asks; until then it must not end the process.
  loading.catch(() => undefined)
  return async (request, ports) => (await loading).authenticate(request, ports)
}

const nobody: Authenticate = async () => undefined

import type { HttpMount } from '../http/mount.ts'
import { type Authenticate, createRouter } from '../http/router.ts'
import { authenticate as byToken } from '../identity/authenticate.ts'
import type { Ports } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import type { HttpFunction } from '../run/function.ts'
import { openRequestMeter } from './request-meter.ts'

export interface MeteredMount extends HttpMount {
  /** Writes what is still tallied; for when the process is told to stop. */
  stop(ctx: Pick<Context, 'log'>): Promise<void>
}

/** A deployed API whose requests with a good access token are counted. Its database must be one that can be written. */
export function meteredMount(
  { routes, timeoutSeconds }: Pick<HttpFunction, 'routes' | 'timeoutSeconds'>,
  ports: Ports,
  authenticate: Authenticate = byToken,
): MeteredMount {
  const meter = openRequestMeter({ instance: ports.ids.uuid() })
  const router = createRouter(routes, async (request, at) => {
    const actor = await authenticate(request, at)
    if (actor) meter.note(actor.userId, at.clock.now())
    return actor
  })
  return {
    timeoutSeconds,
    handle: async (request, ctx) => {
      const answer = await router.handle(request, ports, ctx)
      // Before the answer: after it a serverless instance may be frozen in the midst of the statement.
      await meter.flushIfDue(ports, ctx)
      return answer
    },
    stop: (ctx) => meter.flushAll(ports, ctx),
  }
}

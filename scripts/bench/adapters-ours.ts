import { systemClock } from '../../adapters/node/clock.ts'
import { openIds } from '../../adapters/node/ids.ts'
import type { HttpMount } from '../../core/http/mount.ts'
import { mountRoutes } from '../../core/http/mount-routes.ts'
import { route } from '../../core/http/route.ts'
import type { Ports } from '../../core/ports/ports.ts'
import { http } from '../../core/run/function.ts'
import type { Log } from '../../core/run/log.ts'
import { answerNeutral, BYTES_TYPE, JSON_TYPE, PATH } from './adapters-cases.ts'

export const ids = openIds()

/** For the mappings alone, which log nothing here. */
export const SILENT: Log = {
  ...{ debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  with: () => SILENT,
}

/** The trivial handler as a deployed function: behind the router, which peers have, too. */
const fn = http({
  name: 'bench',
  routes: [
    route({
      method: 'POST',
      path: PATH,
      tag: 'Bench',
      access: 'public',
      summary: 'Answer with what was sent',
      rawBody: { mediaTypes: [JSON_TYPE, BYTES_TYPE], maxBytes: 1_000_000 },
      answers: { 200: { description: 'What was sent' } },
      handler: async ({ request }) => answerNeutral(request),
    }),
  ],
  uses: {},
  memoryMb: 256,
  timeoutSeconds: 10,
})

/** No port is ever asked for. */
const NO_PORTS = { clock: systemClock, ids } as unknown as Ports

export const loadBenchMount = async (): Promise<HttpMount> => mountRoutes(fn, NO_PORTS)

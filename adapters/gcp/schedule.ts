import { Problem } from '../../core/http/problem.ts'
import { noContent } from '../../core/http/response.ts'
import type { Scheduled } from '../../core/run/consumer.ts'
import { type GcpHttpHandler, type GcpHttpOptions, gcpHttp } from './http.ts'

/**
 * The HTTP handler that Cloud Scheduler calls with POST, signed in by its service account: the platform lets nobody else
 * through. 204 when the run is over; 500, or 504 when the time is up, so that Scheduler tries again as its job says.
 */
export function gcpSchedule(load: () => Promise<Scheduled>, options: GcpHttpOptions): GcpHttpHandler {
  const mount = async () => {
    const scheduled = await load()
    return {
      timeoutSeconds: scheduled.timeoutSeconds,
      handle: async ({ method }: { method: string }, ctx: Parameters<Scheduled['run']>[0]) => {
        if (method !== 'POST') throw onlyPost()
        await scheduled.run(ctx)
        return noContent()
      },
    }
  }
  return gcpHttp(mount, options)
}

const onlyPost = () =>
  new Problem({
    status: 405,
    code: 'method-not-allowed',
    title: 'Method not allowed',
    detail: 'A schedule is started with POST.',
    headers: { allow: 'POST' },
  })

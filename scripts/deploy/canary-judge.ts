import type { Environment } from '../../cdktf/shared/environment.ts'
import type { Health } from './column.ts'

export type Bounds = Pick<Environment['canary'], 'maxErrorPercent' | 'maxP95Ms' | 'minRequests'>

export type Verdict =
  | { readonly is: 'well' | 'unknown'; readonly says: string }
  | { readonly is: 'ill'; readonly says: string }

/** What the figures of one release say. With fewer requests than `minRequests` they say nothing. */
export function judge({ requests, errors, p95Ms }: Health, bounds: Bounds): Verdict {
  const errorPercent = requests === 0 ? 0 : (errors / requests) * 100
  const says = `${requests} requests, ${errorPercent.toFixed(1)} % errors, p95 ${Math.round(p95Ms)} ms`
  if (requests < bounds.minRequests || requests === 0)
    return { is: 'unknown', says: `${says}: too few to judge` }
  if (errorPercent > bounds.maxErrorPercent)
    return { is: 'ill', says: `${says}: more than ${bounds.maxErrorPercent} % errors` }
  if (p95Ms > bounds.maxP95Ms) return { is: 'ill', says: `${says}: slower than ${bounds.maxP95Ms} ms` }
  return { is: 'well', says }
}

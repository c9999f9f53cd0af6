import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'

export interface Load {
  readonly url: string
  readonly token: string
  readonly seconds: number
  readonly connections: number
  /** Any other answer makes the measurement void. */
  readonly expect: number
}
export interface Measured {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon/autocannon.js')
const run = promisify(execFile)

/** Loads a URL by autocannon in its own process, so that it does not slow the one that waits. */
export async function load({ url, token, seconds, connections, expect }: Load): Promise<Measured> {
  const args = ['--json', '--connections', String(connections), '--duration', String(seconds)]
  const { stdout } = await run(
    process.execPath,
    [AUTOCANNON, ...args, '--headers', `authorization=Bearer ${token}`, url],
    {
      maxBuffer: 16 * 1024 ** 2,
    },
  )
  const answer = JSON.parse(stdout)
  const statuses = Object.keys(answer.statusCodeStats)
  if (statuses.join() !== String(expect) || answer.errors > 0 || answer.timeouts > 0)
    throw new Error(
      `${url} answered ${JSON.stringify(answer.statusCodeStats)} with ${answer.errors} errors, not ${expect} alone`,
    )
  return { requestsPerSecond: answer.requests.average, p50Ms: answer.latency.p50, p99Ms: answer.latency.p99 }
}

import * as z from 'zod/mini'
import { Problem } from '../http/problem.ts'
import type { Schema } from '../http/route.ts'
import { type LicenseAnswer, type LicenseCall, LicenseServerSilent } from '../ports/license-servers.ts'
import type { Uses } from '../ports/ports.ts'
import { SecretMissing } from '../ports/secrets.ts'
import type { Context } from '../run/context.ts'
import type { DrmSystem } from './model.ts'

type Proxied = Exclude<DrmSystem, 'clearkey'>

/** A player waits for a licence before the first picture; what takes longer is asked again. */
const TIMEOUT_MS = 2000

/** Only https, or http to this machine: the message may hold keys. */
export const ServerUrl = z
  .string()
  .check(z.regex(/^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$))/))
export const ServerHeaders = z.record(z.string().check(z.regex(/^[a-z0-9-]{1,60}$/)), z.string())

/** What the secret of a system says; 503 where it has none. */
export async function systemSecret<T>(
  { secrets }: Uses<'secrets'>,
  system: Proxied,
  schema: Schema<T>,
): Promise<T> {
  const text = await secrets.get(system).catch((error: unknown) => {
    throw error instanceof SecretMissing ? notSetUp(system, error) : error
  })
  const read = z.safeParse(schema, jsonOf(text))
  // Nothing of what is wrong goes along: the parser's messages quote the secret.
  if (!read.success) throw new Error(`the secret ${system} is not the JSON that docs/drm.md says`)
  return read.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the server answered, whatever its status; 504 where it did not. */
export async function askServer(
  { licenseServers }: Uses<'licenseServers'>,
  ctx: Context,
  call: Omit<LicenseCall, 'timeoutMs' | 'signal'>,
): Promise<LicenseAnswer> {
  try {
    return await licenseServers.post({ ...call, timeoutMs: TIMEOUT_MS, signal: ctx.signal })
  } catch (error) {
    if (!(error instanceof LicenseServerSilent)) throw error
    ctx.log.warn('a licence server did not answer', { error })
    throw silent(error)
  }
}

/** An answer that is JSON of this form; `undefined` for any other. */
export function answeredJson<T>({ body }: LicenseAnswer, schema: Schema<T>): T | undefined {
  const read = z.safeParse(schema, jsonOf(Buffer.from(body).toString()))
  return read.success ? read.data : undefined
}

const notSetUp = (system: Proxied, cause: unknown) =>
  new Problem(
    {
      status: 503,
      code: 'drm-not-set-up',
      title: 'Not set up',
      detail: `This platform hands out no licences of ${system}.`,
    },
    { cause },
  )

const silent = (cause: unknown) =>
  new Problem(
    {
      status: 504,
      code: 'license-server-silent',
      title: 'No licence in time',
      detail: 'The licence server did not answer in time. Try again.',
    },
    { cause },
  )

/** The server would not: the deployment's doing. `word` is the server's own name for it, not its text, which may say more. */
export function serverRefused(ctx: Context, system: Proxied, word: string): Problem {
  ctx.log.warn('a licence server refused', { system, word })
  const detail = `The licence server answered ${word}.`
  return new Problem({ status: 502, code: 'license-server-refused', title: 'No licence', detail })
}

/**
 * `serverRefused`, or 422 where the status tells of the body, which is the device's. Logged then, too: the server may mean what
 * we have sent beside it.
 */
export function refusedByStatus(ctx: Context, system: Proxied, status: number, word: string): Problem {
  const refused = serverRefused(ctx, system, word)
  return status === 400 || status === 422 ? challengeRefused(refused.message) : refused
}

/** The device's request is not one, or the server does not take it from this device. */
export const challengeRefused = (detail: string): Problem =>
  new Problem({ status: 422, code: 'challenge-refused', title: 'Not a licence request', detail })

/** A word of the server's, short and plain enough to be shown. */
export const wordOf = (text: string): string =>
  /^[A-Z][A-Z0-9_]{0,60}$/.test(text) ? text : 'something that is not a status'

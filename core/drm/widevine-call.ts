import * as z from 'zod/mini'
import type { Context } from '../run/context.ts'
import type { LicenseNeeds } from './license-door.ts'
import {
  answeredJson,
  askServer,
  challengeRefused,
  ServerUrl,
  serverRefused,
  systemSecret,
  wordOf,
} from './license-upstream.ts'
import { widevineEnvelope } from './widevine-message.ts'

const hex = (size: number) => z.string().check(z.regex(new RegExp(`^[0-9a-fA-F]{${size * 2}}$`)))
const WidevineSecret = z.object({
  url: ServerUrl,
  /** Case counts: support.google.com/widevine/answer/6048495. */
  provider: z.string(),
  signer: z.string(),
  key: hex(32),
  iv: hex(16),
})
export type WidevineService = z.infer<typeof WidevineSecret>

/** Where the service is and whom it knows us as; 503 where that is not set up. */
export const widevineService = (uses: LicenseNeeds): Promise<WidevineService> =>
  systemSecret(uses, 'widevine', WidevineSecret)

const WidevineAnswer = z.object({ status: z.string(), license: z.optional(z.string()) })

/** Signs the message, sends it, and answers the bytes that are for the device. */
export async function askWidevine(
  uses: LicenseNeeds,
  ctx: Context,
  service: WidevineService,
  message: string,
): Promise<Uint8Array> {
  const { url, signer } = service
  const keys = { key: Buffer.from(service.key, 'hex'), iv: Buffer.from(service.iv, 'hex') }
  const body = Buffer.from(widevineEnvelope(message, { signer, ...keys }))
  const headers = { 'content-type': 'application/json' }
  const answer = await askServer(uses, ctx, { url, headers, body })
  if (answer.status !== 200) throw serverRefused(ctx, 'widevine', String(answer.status))
  const said = answeredJson(answer, WidevineAnswer)
  if (said?.status === 'OK' && said.license) return Buffer.from(said.license, 'base64')
  const word = wordOf(said?.status ?? '')
  if (OF_THE_DEVICE.test(word)) throw challengeRefused(`The licence server answered ${word}.`)
  throw serverRefused(ctx, 'widevine', word)
}

/** Status words that tell of the challenge or of the device behind it; the others tell of us. */
const OF_THE_DEVICE = /^INVALID_LICENSE_CHALLENGE$|^INVALID_PSSH$|^DRM_DEVICE_|_REVOKED$/

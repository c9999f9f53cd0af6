import { notFound } from '../http/problem.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { PlaybackRefused } from '../playback/refusals.ts'
import type { Context } from '../run/context.ts'
import { allowedKeys, bytes, type LicenseNeeds, permitFor } from './license-door.ts'
import { keyIdOf } from './license-key-id.ts'

/** The 16 bytes of a key of HLS with AES-128 (RFC 8216 4.3.2.4). Keys of other protections do not leave here. */
export async function aesKey(uses: LicenseNeeds, ctx: Context, request: HttpRequest): Promise<HttpResponse> {
  const keyId = keyIdOf(request.params.kid ?? '')
  if (keyId === undefined) throw notFound('key')
  const keyIds = [keyId]
  const permit = await permitFor(uses, ctx, request, { door: 'key', keyIds })
  const [key] = await allowedKeys(uses, permit, { keyIds, of: (protection) => protection === 'aes-128' })
  if (!key) throw new PlaybackRefused('foreign-key')
  return bytes(key.key)
}

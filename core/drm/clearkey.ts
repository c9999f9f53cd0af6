import * as z from 'zod/mini'
import { readJsonBody } from '../http/json-body.ts'
import { read } from '../http/read.ts'
import type { HttpRequest } from '../http/request.ts'
import { type HttpResponse, ok } from '../http/response.ts'
import { isScheme } from '../protection/model.ts'
import type { Context } from '../run/context.ts'
import { allowedKeys, type LicenseNeeds, permitFor } from './license-door.ts'
import { base64UrlOfKeyId, KEY_ID_BASE64URL, keyIdOfBase64Url } from './license-key-id.ts'

/** Sixteen key ids take 500. */
export const CLEAR_KEY_MOST_BYTES = 4096

const Kid = z.string().check(z.regex(KEY_ID_BASE64URL, 'must be 16 bytes in base64url without padding'))
const SESSION_TYPES = ['temporary', 'persistent-license'] as const

/** https://www.w3.org/TR/encrypted-media-2/#clear-key-request-format */
export const ClearKeyRequest = z.strictObject({
  kids: z.array(Kid).check(z.minLength(1), z.maxLength(16)),
  type: z.enum(SESSION_TYPES),
})

/** A JWK Set: https://www.w3.org/TR/encrypted-media-2/#clear-key-license-format */
export const ClearKeyLicense = z.object({
  keys: z.array(z.object({ kty: z.literal('oct'), kid: z.string(), k: z.string() })),
  type: z.enum(SESSION_TYPES),
})

/**
 * The keys in the open, for the page to hand to its player: protection on the way, not from the viewer. The content type is not
 * looked at, since shaka-player sends none.
 */
export async function clearKeyLicense(
  uses: LicenseNeeds,
  ctx: Context,
  request: HttpRequest,
): Promise<HttpResponse> {
  const json = readJsonBody(request.body, 'application/json', CLEAR_KEY_MOST_BYTES)
  const { kids, type } = read(ClearKeyRequest, json, 'body')
  const keyIds = [...new Set(kids.map(keyIdOfBase64Url))]
  const persist = type === 'persistent-license'
  const permit = await permitFor(uses, ctx, request, { door: 'clearkey', keyIds, persist })
  const allowed = await allowedKeys(uses, permit, { keyIds, of: isScheme })
  const keys = allowed.map(({ keyId, key }) => ({
    ...{ kty: 'oct', kid: base64UrlOfKeyId(keyId), k: Buffer.from(key).toString('base64url') },
  }))
  return ok({ keys, type }, { 'content-type': 'application/json' })
}

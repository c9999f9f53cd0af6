import * as z from 'zod/mini'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Permit } from '../playback/ask.ts'
import type { Uses } from '../ports/ports.ts'
import { isScheme } from '../protection/model.ts'
import type { Context } from '../run/context.ts'
import type { ContentKey } from './content-keys.ts'
import { type FairPlayRequest, readFairPlayRequest } from './fairplay-request.ts'
import { allowedKeys, bytes, keysToPlay, type LicenseNeeds, permitFor } from './license-door.ts'
import {
  answeredJson,
  askServer,
  challengeRefused,
  ServerHeaders,
  ServerUrl,
  serverRefused,
  systemSecret,
} from './license-upstream.ts'

const Base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/))
const FairPlaySecret = z.object({
  /** A key security module of the operator's, built from Apple's deployment package. */
  url: ServerUrl,
  headers: z.optional(ServerHeaders),
  /** The application certificate, DER in base64. */
  certificate: Base64,
})
const ModuleAnswer = z.object({ ckc: Base64 })

/**
 * Passes an SPC on to the operator's key security module, with the keys that are allowed, and its CKC back. Only the module can
 * read an SPC, and it gives a CKC to Apple's hardware alone.
 */
export async function fairPlayLicense(
  uses: LicenseNeeds,
  ctx: Context,
  request: HttpRequest,
  persist: boolean,
): Promise<HttpResponse> {
  const asked = readFairPlayRequest(request)
  const permit = await permitFor(uses, ctx, request, {
    ...{ door: 'fairplay', security: 'hardware', persist },
    ...(asked.keyId ? { keyIds: [asked.keyId] } : {}),
  })
  const keys = asked.keyId
    ? await allowedKeys(uses, permit, { keyIds: [asked.keyId], of: isScheme })
    : await keysToPlay(uses, permit)
  const ckc = await contentKeyContext(uses, ctx, moduleRequest({ asked, permit, keys, persist }))
  return asked.form ? { ...bytes(ckc, 'text/plain'), body: `<ckc>${base64(ckc)}</ckc>` } : bytes(ckc)
}

/** The application certificate, with which a device hides its request from everybody but the module. Public. */
export async function fairPlayCertificate(uses: Uses<'secrets'>): Promise<HttpResponse> {
  const { certificate } = await systemSecret(uses, 'fairplay', FairPlaySecret)
  const answer = bytes(Buffer.from(certificate, 'base64'), 'application/pkix-cert')
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'public, max-age=3600' } }
}

interface Grant {
  readonly asked: FairPlayRequest
  readonly permit: Permit
  readonly keys: readonly ContentKey[]
  readonly persist: boolean
}

/** The form that we agree on with the module; docs/drm.md. */
function moduleRequest({ asked, permit, keys, persist }: Grant) {
  const until = persist ? permit.persistUntil : undefined
  return {
    spc: base64(asked.spc),
    keys: keys.map(({ keyId, key, iv }) => ({
      ...{ assetId: skdOf(keyId), key: base64(key), iv: base64(iv) },
    })),
    leaseSeconds: permit.licenseSeconds,
    ...(until ? { persistUntil: until.toISOString() } : {}),
  }
}

async function contentKeyContext(uses: LicenseNeeds, ctx: Context, message: object): Promise<Uint8Array> {
  const { url, headers } = await systemSecret(uses, 'fairplay', FairPlaySecret)
  const body = Buffer.from(JSON.stringify(message))
  const answer = await askServer(uses, ctx, {
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  if (answer.status === 422) throw challengeRefused('The key security module does not take the request.')
  const said = answer.status === 200 ? answeredJson(answer, ModuleAnswer) : undefined
  if (!said) throw serverRefused(ctx, 'fairplay', String(answer.status))
  return Buffer.from(said.ckc, 'base64')
}

/** How a playlist names the key: https://developer.apple.com/streaming/fps/ */
export const skdOf = (keyId: string): string => `skd://${keyId}`

const base64 = (part: Uint8Array): string => Buffer.from(part).toString('base64')

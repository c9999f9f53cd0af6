import * as z from 'zod/mini'
import { type Route, route } from '../http/route.ts'
import { REFUSALS, type RefusalReason } from '../playback/model.ts'
import { refusalsOf } from '../playback/refusal-list.ts'
import { aesKey } from './aes-key.ts'
import { CLEAR_KEY_MOST_BYTES, ClearKeyLicense, clearKeyLicense } from './clearkey.ts'
import { fairPlayCertificate, fairPlayLicense } from './fairplay.ts'
import { forPlayers } from './license-door.ts'
import { playReadyLicense } from './playready.ts'
import { throughVendor } from './vendors/through-vendor.ts'
import { widevineLicense } from './widevine.ts'

const tag = 'Licences'
/** Players name what they send in their own ways, and some in none. */
const anyType = (maxBytes: number) => ({ mediaTypes: ['*/*'], maxBytes })
const CHALLENGE = anyType(1_048_576)

const Token = z.optional(z.string().check(z.maxLength(4096)))
const TokenQuery = z.object({ token: Token })
const LicenseQuery = z.object({ token: Token, persist: z.optional(z.enum(['true', 'false'])) })
const FairPlayQuery = z.object({
  ...LicenseQuery.shape,
  assetId: z.optional(z.string().check(z.maxLength(100))),
})

const BY_TOKEN =
  'The token is that of the playback (`session.token`), as header `x-skyreel-playback` or, where a player cannot set headers, as query `token`. Each request is decided anew, renewals too.'
const PERSIST = ' `persist=true`: the licence is to be kept on the device.'

const refusal = (reason: RefusalReason) => `${REFUSALS[reason].status}: ${REFUSALS[reason].detail}`
const DECIDED = {
  ...refusalsOf('token'),
  'foreign-key': refusal('foreign-key'),
  'quality-not-allowed': refusal('quality-not-allowed'),
  'offline-not-allowed': refusal('offline-not-allowed'),
}
const PROXIED = {
  ...DECIDED,
  'challenge-refused': '422: The body is not a licence request, or the licence server does not take it.',
  'drm-not-set-up': '503: This platform has no licence server of that system.',
  'license-server-refused': '502: The licence server would not; the word is its own.',
  'license-server-silent': '504: The licence server did not answer in time.',
}

/** Where players get their keys. Every one is behind the decision but the certificates, which are public. */
export const licenseRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/license/clearkey',
    tag,
    access: 'public',
    summary: 'Get keys for W3C Clear Key',
    description: `The body is what the browser’s \`message\` event holds: \`{"kids":["..."],"type":"temporary"}\`. ${BY_TOKEN} Keys of a quality that is not allowed are left out; a key of another film refuses the whole request.`,
    query: TokenQuery,
    rawBody: anyType(CLEAR_KEY_MOST_BYTES),
    answers: { 200: { description: 'The keys, for `update()`', schema: ClearKeyLicense } },
    problems: {
      ...DECIDED,
      'invalid-json': '400: The body is not JSON.',
      'invalid-utf8': '400: The body is not UTF-8.',
      'json-too-deep': '400: The JSON nests too deep.',
      'invalid-input': '422: The body is not a request of Clear Key.',
    },
    handler: ({ request }, ports, ctx) => forPlayers(() => clearKeyLicense(ports, ctx, request), ctx),
  }),
  route({
    method: 'POST',
    path: '/v1/license/widevine',
    tag,
    access: 'public',
    summary: 'Get a Widevine licence',
    description: `The body is the challenge as the browser made it. ${BY_TOKEN}${PERSIST} A request for the service certificate needs no token.`,
    query: LicenseQuery,
    rawBody: CHALLENGE,
    answers: { 200: { description: 'The licence, for `update()`', mediaType: 'application/octet-stream' } },
    problems: PROXIED,
    handler: ({ request, query }, ports, ctx) =>
      forPlayers(
        () => throughVendor('widevine', widevineLicense)(ports, ctx, request, query.persist === 'true'),
        ctx,
      ),
  }),
  route({
    method: 'POST',
    path: '/v1/license/playready',
    tag,
    access: 'public',
    summary: 'Get a PlayReady licence',
    description: `The body is the SOAP message AcquireLicense, unpacked from Edge’s wrapping as players do. ${BY_TOKEN}${PERSIST} Refusals are problems, no SOAP faults.`,
    query: LicenseQuery,
    rawBody: CHALLENGE,
    answers: { 200: { description: 'The SOAP answer', mediaType: 'text/xml' } },
    problems: { ...PROXIED, 'invalid-utf8': '400: The body is not UTF-8.' },
    handler: ({ request, query }, ports, ctx) =>
      forPlayers(
        () => throughVendor('playready', playReadyLicense)(ports, ctx, request, query.persist === 'true'),
        ctx,
      ),
  }),
  route({
    method: 'POST',
    path: '/v1/license/fairplay',
    tag,
    access: 'public',
    summary: 'Get a FairPlay CKC',
    description: `The body is the SPC, or a form with \`spc\` in base64, which is answered \`<ckc>base64</ckc>\`. \`assetId\` (\`skd://...\`, in form or query) names one key; without it the module picks. ${BY_TOKEN}${PERSIST}`,
    query: FairPlayQuery,
    rawBody: CHALLENGE,
    answers: { 200: { description: 'The CKC', mediaType: 'application/octet-stream' } },
    problems: { ...PROXIED, 'invalid-utf8': '400: The form is not UTF-8.' },
    handler: ({ request, query }, ports, ctx) =>
      forPlayers(
        () => throughVendor('fairplay', fairPlayLicense)(ports, ctx, request, query.persist === 'true'),
        ctx,
      ),
  }),
  route({
    method: 'GET',
    path: '/v1/license/fairplay/certificate',
    tag,
    access: 'public',
    summary: 'Get the FairPlay application certificate',
    answers: { 200: { description: 'DER', mediaType: 'application/pkix-cert' } },
    problems: { 'drm-not-set-up': PROXIED['drm-not-set-up'] },
    handler: (_, ports, ctx) => forPlayers(() => fairPlayCertificate(ports), ctx),
  }),
  route({
    method: 'GET',
    path: '/v1/license/key/:kid',
    tag,
    access: 'public',
    summary: 'Get a key of HLS with AES-128',
    description: `Playlists name this address. \`kid\`: 32 hex digits or a UUID. ${BY_TOKEN}`,
    query: TokenQuery,
    answers: { 200: { description: '16 bytes', mediaType: 'application/octet-stream' } },
    problems: DECIDED,
    handler: ({ request }, ports, ctx) => forPlayers(() => aesKey(ports, ctx, request), ctx),
  }),
]

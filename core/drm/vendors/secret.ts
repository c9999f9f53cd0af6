import * as z from 'zod/mini'
import { Problem } from '../../http/problem.ts'
import type { Uses } from '../../ports/ports.ts'
import { SecretMissing } from '../../ports/secrets.ts'
import { ServerUrl } from '../license-upstream.ts'

/** Systems that a vendor hands out licences of. */
export const VENDOR_SYSTEMS = ['widevine', 'playready', 'fairplay'] as const
export type VendorSystem = (typeof VENDOR_SYSTEMS)[number]

const Guid = z.string().check(z.regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/))
const Bytes32 = z.string().check(z.regex(/^[A-Za-z0-9+/]{43}=$/))
const Text32 = z.string().check(z.regex(/^[\x21-\x7e]{32}$/))
const LicenseUrls = z.partialRecord(z.enum(VENDOR_SYSTEMS), ServerUrl)
const delivered = {
  /** Players ask us, and we ask the vendor: each licence is a decision, and the entitlement never reaches a page. */
  proxy: z.optional(z.boolean()),
  /** Application certificate of FairPlay. */
  certificateUrl: z.optional(ServerUrl),
}

const Axinom = z.strictObject({
  ...delivered,
  communicationKeyId: Guid,
  /** Base64 of 32 bytes. */
  communicationKey: Bytes32,
  licenseUrls: LicenseUrls,
  /** Each message opens one licence. With several licences to a film, or renewals, it needs `proxy`. */
  oneUse: z.optional(z.boolean()),
})
export type AxinomSecret = z.infer<typeof Axinom>

const DoveRunner = z
  .strictObject({
    ...delivered,
    siteId: z.string().check(z.regex(/^[A-Z0-9]{4}$/)),
    siteKey: Text32,
    accessKey: Text32,
    licenseUrl: z._default(ServerUrl, 'https://drm-license.doverunner.com/ri/licenseManager.do'),
    /** Our content keys go along in the policy, for films whose keys the vendor does not have. */
    externalKeys: z.optional(z.boolean()),
    /** Site keys that its deprecated callback is encrypted with; none: it may not call back. */
    callbackKeys: z.optional(z.array(Text32).check(z.minLength(1), z.maxLength(2))),
  })
  .check(z.refine(({ externalKeys, proxy }) => !externalKeys || proxy === true))
export type DoveRunnerSecret = z.infer<typeof DoveRunner>

const BuyDrm = z.strictObject({
  ...delivered,
  /** `Key Hash` of the signing key in the vendor's console. */
  keyId: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  /** PKCS#8 PEM, RSA of 2048 bits. */
  privateKey: z.string().check(z.startsWith('-----BEGIN PRIVATE KEY-----')),
  /** Of its RSA signature: not published, so the vendor's console or its support tells. */
  digest: z.enum(['sha1', 'sha256']),
  licenseUrl: ServerUrl,
})
export type BuyDrmSecret = z.infer<typeof BuyDrm>

/** HMAC keys of callbacks in our own form: the first answers, both verify. */
const OwnForm = z.strictObject({
  secrets: z.array(z.string().check(z.minLength(32), z.maxLength(200))).check(z.minLength(1), z.maxLength(2)),
})

const VendorSecrets = z.strictObject({
  axinom: z.optional(Axinom),
  doverunner: z.optional(DoveRunner),
  buydrm: z.optional(BuyDrm),
  skyreel: z.optional(OwnForm),
})
export type VendorSecrets = z.infer<typeof VendorSecrets>

/** The secret `drm-vendors`; nothing of it where there is none. Throws for one that is not the JSON above, without quoting it. */
export async function vendorSecrets({ secrets }: Uses<'secrets'>): Promise<VendorSecrets> {
  const text = await secrets.get('drm-vendors').catch((error: unknown) => {
    if (error instanceof SecretMissing) return '{}'
    throw error
  })
  const read = z.safeParse(VendorSecrets, jsonOf(text))
  // Without its cause: the parser's messages quote the secret.
  if (!read.success) throw new Error('the secret drm-vendors is not the JSON that docs/drm.md says')
  return read.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the secret says of one vendor; 503 where it says nothing. */
export async function vendorSecret<V extends keyof VendorSecrets>(
  uses: Uses<'secrets'>,
  vendor: V,
): Promise<NonNullable<VendorSecrets[V]>> {
  const secret = (await vendorSecrets(uses))[vendor]
  if (!secret) throw notSetUp(vendor)
  return secret
}

const notSetUp = (vendor: string) =>
  new Problem({
    status: 503,
    code: 'drm-not-set-up',
    title: 'Not set up',
    detail: `The vendor of licences ${vendor} is not set up here.`,
  })

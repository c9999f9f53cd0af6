import { createHmac } from 'node:crypto'
import { guidOf } from '../license-key-id.ts'
import { type Entitled, licenseEnd, type VendorKey } from './entitled.ts'
import type { AxinomSecret } from './secret.ts'

/** Header that the player sends the message in. */
export const AXINOM_HEADER = 'x-axdrm-message'

/**
 * A licence service message as a JWT (HS256) around an entitlement message of version 2.
 * https://docs.axinom.com/services/drm/license-service/license-service-message and .../entitlement-message
 *
 * Unverified: no licence was asked of the live service. The keys must be known to the vendor's key service: `encrypted_key`,
 * which would bring ours along, is not written, since how it is encrypted is not published.
 */
export function axinomMessage(secret: AxinomSecret, to: Entitled): string {
  return signed(serviceMessage(secret, to), Buffer.from(secret.communicationKey, 'base64'))
}

function serviceMessage({ communicationKeyId }: AxinomSecret, to: Entitled) {
  return {
    version: 1,
    id: to.id,
    com_key_id: communicationKeyId,
    begin_date: to.now.toISOString(),
    // For asking, not for playing: it ends with the playback token that it was asked with.
    expiration_date: to.permit.session.tokenExpiresAt.toISOString(),
    message: entitlementMessage(to),
  }
}

function entitlementMessage(to: Entitled) {
  const { end, persist } = licenseEnd(to)
  const { oneUse, clientIp, permit } = to
  const access = { prevent_drm_message_reuse: oneUse, ...(clientIp && { allowed_ip_addresses: [clientIp] }) }
  return {
    type: 'entitlement_message',
    version: 2,
    license: {
      start_datetime: to.now.toISOString(),
      expiration_datetime: end.toISOString(),
      allow_persistence: persist,
    },
    content_keys_source: { inline: to.keys.map(inlineKey) },
    content_key_usage_policies: POLICIES,
    license_server: { access_control: access },
    session: { id: permit.session.id, user_id: permit.session.userId },
  }
}

const inlineKey = ({ keyId, hardware }: VendorKey) => ({
  id: guidOf(keyId),
  usage_policy: hardware ? 'hardware' : 'software',
})

/** Policies that no key refers to are ignored there. */
const POLICIES = [
  {
    name: 'software',
    widevine: { device_security_level: 'SW_SECURE_CRYPTO' },
    playready: { min_device_security_level: 2000 },
  },
  {
    name: 'hardware',
    widevine: { device_security_level: 'HW_SECURE_ALL' },
    playready: { min_device_security_level: 3000 },
  },
]

const base64Url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** RFC 7515 by hand: one HMAC, and the function that answers a playback loads no library for it. */
function signed(payload: unknown, key: Uint8Array): string {
  const input = `${base64Url({ alg: 'HS256', typ: 'JWT' })}.${base64Url(payload)}`
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
}

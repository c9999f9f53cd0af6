import type { HttpRequest } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import type { Context } from '../../run/context.ts'
import { type LicenseNeeds, permitFor } from '../license-door.ts'
import { challengeRefused } from '../license-upstream.ts'
import { vendorPassThrough } from './pass-through.ts'
import type { VendorSystem } from './secret.ts'

type Licensing = (
  uses: LicenseNeeds,
  ctx: Context,
  request: HttpRequest,
  persist: boolean,
) => Promise<HttpResponse>

/** Licences of one system: by the vendor that `config.drmBy` names, through us, else by our own way. */
export function throughVendor(system: VendorSystem, own: Licensing): Licensing {
  return async (uses, ctx, request, persist) => {
    const vendor = uses.config.drmBy
    if (vendor === 'own') return own(uses, ctx, request, persist)
    const { body, headers } = request
    if (body.byteLength === 0) throw challengeRefused('The body is empty.')
    // The vendor looks at what the device proves, and the entitlement says which keys want hardware.
    const permit = await permitFor(uses, ctx, request, { door: system, security: 'hardware', persist })
    const contentType = sendable(headers['content-type'])
    return vendorPassThrough(uses, ctx, permit, { vendor, challenge: { system, body, contentType } })
  }
}

/** Any player writes it: a letter that no header takes would be our failure to send. */
const sendable = (type = ''): string =>
  /^[\x20-\x7e]{1,200}$/.test(type) ? type : 'application/octet-stream'

import { CdnFrontdoorCustomDomain } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-custom-domain/index.js'
import type { CdnFrontdoorEndpoint } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-endpoint/index.js'
import type { CdnFrontdoorProfile } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-profile/index.js'
import { DnsARecord } from '@cdktf/provider-azurerm/lib/dns-a-record/index.js'
import { DnsCnameRecord } from '@cdktf/provider-azurerm/lib/dns-cname-record/index.js'
import { DnsTxtRecord } from '@cdktf/provider-azurerm/lib/dns-txt-record/index.js'
import { hostOf } from '../shared/host.ts'
import type { Place } from '../shared/place.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

interface Given {
  readonly profile: CdnFrontdoorProfile
  readonly endpoint: CdnFrontdoorEndpoint
  readonly tags: Record<string, string>
}

/** Our name at Front Door, with a certificate that Azure gets and renews once the TXT record shows that the name is ours. */
export function openDomain(
  stack: SkyreelStack,
  { profile, endpoint, tags }: Given,
): CdnFrontdoorCustomDomain {
  const { place } = stack
  const domain = new CdnFrontdoorCustomDomain(stack, 'domain', {
    ...{ name: hostOf(place).replaceAll('.', '-'), hostName: hostOf(place) },
    cdnFrontdoorProfileId: profile.id,
    tls: { certificateType: 'ManagedCertificate', minimumTlsVersion: 'TLS12' },
  })
  const record = { ...zoneOf(place), ttl: 300, tags }
  const own = ownName(place)
  new DnsTxtRecord(stack, 'domain-proof', {
    ...{ ...record, name: own === '@' ? '_dnsauth' : `_dnsauth.${own}` },
    record: [{ value: domain.validationToken }],
  })
  // A zone cannot have a CNAME at its own name; Azure follows an alias there.
  if (own === '@')
    new DnsARecord(stack, 'domain-address', { ...record, name: own, targetResourceId: endpoint.id })
  else new DnsCnameRecord(stack, 'domain-address', { ...record, name: own, record: endpoint.hostName })
  return domain
}

const zoneOf = ({ environment: { azure } }: Place) => ({
  zoneName: azure.zoneName,
  resourceGroupName: azure.zoneResourceGroup,
})

/** The host without its zone. Throws where it lies in another: the record would be made, and lead nowhere. */
export function ownName(place: Place): string {
  const [host, { zoneName }] = [hostOf(place), place.environment.azure]
  if (host === zoneName) return '@'
  if (host.endsWith(`.${zoneName}`)) return host.slice(0, -zoneName.length - 1)
  throw new HostOutsideZone(`azure.host ${host} must lie in azure.zoneName ${zoneName}`)
}

class HostOutsideZone extends Error {
  // One of the names that cdktf/main.ts tells without a stack.
  override readonly name = 'WrongConfig'
}

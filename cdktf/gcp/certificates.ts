import { CertificateManagerCertificate } from '@cdktf/provider-google/lib/certificate-manager-certificate/index.js'
import { CertificateManagerCertificateMap } from '@cdktf/provider-google/lib/certificate-manager-certificate-map/index.js'
import { CertificateManagerCertificateMapEntry } from '@cdktf/provider-google/lib/certificate-manager-certificate-map-entry/index.js'
import { CertificateManagerDnsAuthorization } from '@cdktf/provider-google/lib/certificate-manager-dns-authorization/index.js'
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set/index.js'
import { hostOf } from '../shared/host.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

export interface Certificate {
  /** As a proxy wants it. */
  readonly reference: string
}

/** Google's certificate of the host, proven by a DNS record: it is there before the first request needs it, and renews itself. */
export function layCertificate(stack: SkyreelStack): Certificate {
  const { prefix } = stack.place
  const hostname = hostOf(stack.place)
  const certificate = new CertificateManagerCertificate(stack, 'certificate', {
    name: prefix,
    managed: { domains: [hostname], dnsAuthorizations: [proof(stack).id] },
  })
  const map = new CertificateManagerCertificateMap(stack, 'certificates', { name: prefix })
  new CertificateManagerCertificateMapEntry(stack, 'certificates-host', {
    name: prefix,
    map: map.name,
    hostname,
    certificates: [certificate.id],
  })
  return { reference: `//certificatemanager.googleapis.com/${map.id}` }
}

function proof(stack: SkyreelStack): CertificateManagerDnsAuthorization {
  const asked = new CertificateManagerDnsAuthorization(stack, 'certificate-proof', {
    name: stack.place.prefix,
    domain: hostOf(stack.place),
  })
  const record = asked.dnsResourceRecord.get(0)
  new DnsRecordSet(stack, 'dns-proof', {
    managedZone: stack.place.environment.gcp.zoneName,
    name: record.name,
    type: record.type,
    ttl: 300,
    rrdatas: [record.data],
  })
  return asked
}

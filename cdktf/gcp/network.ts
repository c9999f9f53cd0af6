import { ComputeGlobalAddress } from '@cdktf/provider-google/lib/compute-global-address/index.js'
import { ComputeSslPolicy } from '@cdktf/provider-google/lib/compute-ssl-policy/index.js'
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set/index.js'
import { hostOf } from '../shared/host.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

export interface Network {
  readonly address: ComputeGlobalAddress
  readonly tls: ComputeSslPolicy
}

/**
 * The address of the load balancer, its name, and what it accepts as TLS. There is no VPC: Cloud Run reaches the database,
 * the store and the bus by Google's own network and by TLS, and a connector or a NAT would cost more than all the rest at
 * rest. Who must not call a function is kept out by its ingress and by IAM.
 */
export function layNetwork(stack: SkyreelStack): Network {
  const { prefix, environment } = stack.place
  const address = new ComputeGlobalAddress(stack, 'address', { name: prefix })
  new DnsRecordSet(stack, 'dns-host', {
    name: `${hostOf(stack.place)}.`,
    managedZone: environment.gcp.zoneName,
    type: 'A',
    ttl: 300,
    rrdatas: [address.address],
  })
  const tls = new ComputeSslPolicy(stack, 'tls', {
    name: prefix,
    profile: 'MODERN',
    minTlsVersion: 'TLS_1_2',
  })
  return { address, tls }
}

import { ComputeGlobalForwardingRule } from '@cdktf/provider-google/lib/compute-global-forwarding-rule/index.js'
import { ComputeTargetHttpProxy } from '@cdktf/provider-google/lib/compute-target-http-proxy/index.js'
import { ComputeTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-target-https-proxy/index.js'
import { ComputeUrlMap } from '@cdktf/provider-google/lib/compute-url-map/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Routes } from './cdn-routes.ts'
import type { Certificate } from './certificates.ts'
import type { Network } from './network.ts'

interface Front {
  readonly network: Network
  readonly certificate: Certificate
  readonly routes: Routes
}

/**
 * What listens: TLS on 443, and 80 to say where to go. Its rules are what this stack costs at rest, some 18 USD a month for
 * the first five of a project together: https://cloud.google.com/vpc/network-pricing#lb
 */
export function layFront(stack: SkyreelStack, front: Front): void {
  const { network, certificate, routes } = front
  const tls = new ComputeTargetHttpsProxy(stack, 'front-tls', {
    name: stack.place.prefix,
    urlMap: routes.id,
    sslPolicy: network.tls.id,
    certificateMap: certificate.reference,
  })
  listen(stack, { id: 'tls', port: '443', target: tls.id, network })
  const away = new ComputeTargetHttpProxy(stack, 'front-plain', {
    name: `${stack.place.prefix}-plain`,
    urlMap: redirect(stack).id,
  })
  listen(stack, { id: 'plain', port: '80', target: away.id, network })
}

const redirect = (stack: SkyreelStack) =>
  new ComputeUrlMap(stack, 'routes-plain', {
    name: `${stack.place.prefix}-plain`,
    defaultUrlRedirect: {
      httpsRedirect: true,
      redirectResponseCode: 'PERMANENT_REDIRECT',
      stripQuery: false,
    },
  })

const listen = (
  stack: SkyreelStack,
  { id, port, target, network }: { id: string; port: string; target: string; network: Network },
) =>
  new ComputeGlobalForwardingRule(stack, `listen-${id}`, {
    name: `${stack.place.prefix}-${id}`,
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    ipAddress: network.address.address,
    portRange: port,
    target,
  })

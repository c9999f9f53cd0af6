import { ComputeBackendService } from '@cdktf/provider-google/lib/compute-backend-service/index.js'
import { ComputeRegionNetworkEndpointGroup } from '@cdktf/provider-google/lib/compute-region-network-endpoint-group/index.js'
import { type RoutedApi, routedApis } from '../shared/routes.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { HSTS } from './cdn-headers.ts'
import { type Functions, serviceOf } from './functions.ts'
import { COUNTRY_HEADER } from './settings-names.ts'

export interface Api extends RoutedApi {
  readonly backend: ComputeBackendService
}

/** Each API as a backend of the load balancer. Nothing of them is ever kept by the edge: Cloud CDN is off. */
export const layApis = (stack: SkyreelStack, functions: Functions): readonly Api[] =>
  routedApis(stack.plan).map((api) => ({ ...api, backend: backend(stack, api.name, functions) }))

function backend(stack: SkyreelStack, name: string, functions: Functions): ComputeBackendService {
  const { place } = stack
  const group = new ComputeRegionNetworkEndpointGroup(stack, `neg-${name}`, {
    name: `${place.prefix}-${name}`,
    region: place.environment.gcp.region,
    networkEndpointType: 'SERVERLESS',
    cloudRun: { service: serviceOf(functions, name).name },
  })
  return new ComputeBackendService(stack, `api-${name}`, {
    name: `${place.prefix}-${name}`,
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    protocol: 'HTTPS',
    enableCdn: false,
    backend: [{ group: group.id }],
    customResponseHeaders: [HSTS],
    // Where a client sends one, too, the value is ours or both with a comma, which is no country.
    customRequestHeaders: [`${COUNTRY_HEADER}:{client_region}`],
  })
}

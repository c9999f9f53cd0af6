import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones/index.js'
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js'
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js'
import { Route } from '@cdktf/provider-aws/lib/route/index.js'
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js'
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js'
import { Fn } from 'cdktf'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** Where container jobs run. Lambda functions are in no network of ours. */
export interface Network {
  readonly subnetIds: readonly string[]
  readonly securityGroupId: string
}

/**
 * Two public subnets without a NAT gateway, which would cost more than all the rest at rest. Nobody can open a connection to
 * a task: its group has no rule that lets one in. Films go to S3 by the gateway endpoint, which is free.
 */
export function makeNetwork(stack: SkyreelStack): Network {
  const name = stack.place.prefix
  const vpc = new Vpc(stack, 'network', {
    cidrBlock: stack.place.environment.aws.networkCidr,
    ...{ enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
  })
  // The group that everything gets which names none: without rules nothing passes.
  new DefaultSecurityGroup(stack, 'network-default', { vpcId: vpc.id })
  const table = openWayOut(stack, vpc)
  return { subnetIds: subnets(stack, vpc, table), securityGroupId: jobsGroup(stack, vpc) }
}

function openWayOut(stack: SkyreelStack, vpc: Vpc): RouteTable {
  const gateway = new InternetGateway(stack, 'network-gateway', { vpcId: vpc.id })
  const table = new RouteTable(stack, 'network-routes', { vpcId: vpc.id })
  const everywhere = { destinationCidrBlock: '0.0.0.0/0', gatewayId: gateway.id }
  new Route(stack, 'network-out', { routeTableId: table.id, ...everywhere })
  const serviceName = `com.amazonaws.${stack.place.environment.aws.region}.s3`
  const kind = { vpcEndpointType: 'Gateway', routeTableIds: [table.id] }
  new VpcEndpoint(stack, 'network-s3', { vpcId: vpc.id, serviceName, ...kind })
  return table
}

/** Two zones: Fargate Spot runs out of room in one more often than in both. */
function subnets(stack: SkyreelStack, vpc: Vpc, table: RouteTable): string[] {
  const filter = [{ name: 'opt-in-status', values: ['opt-in-not-required'] }]
  const zones = new DataAwsAvailabilityZones(stack, 'network-zones', { state: 'available', filter })
  return [0, 1].map((i) => {
    const cidrBlock = Fn.cidrsubnet(stack.place.environment.aws.networkCidr, 4, i)
    const availabilityZone = Fn.element(zones.names, i)
    const subnet = new Subnet(stack, `network-${i}`, { vpcId: vpc.id, cidrBlock, availabilityZone })
    new RouteTableAssociation(stack, `network-routes-${i}`, { subnetId: subnet.id, routeTableId: table.id })
    return subnet.id
  })
}

/** AWS's services, Neon over HTTPS and WebSocket: 443 is all that a job needs. */
function jobsGroup(stack: SkyreelStack, vpc: Vpc): string {
  const name = `${stack.place.prefix}-jobs`
  const description = 'Container jobs: out by TLS, nothing in'
  const group = new SecurityGroup(stack, 'network-jobs', { name, description, vpcId: vpc.id })
  const https = { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIpv4: '0.0.0.0/0' }
  new VpcSecurityGroupEgressRule(stack, 'network-jobs-out', { securityGroupId: group.id, ...https })
  return group.id
}

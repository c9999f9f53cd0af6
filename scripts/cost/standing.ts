import { ASSUMED, DAYS, HOURS } from './assumptions.ts'
import type { Price, Quantity } from './price.ts'
import { AWS, AZURE, GCP } from './prices.ts'

// What is paid for being there, counted from what a stack was synthesized to.

type Attributes = Readonly<Record<string, unknown>>
export interface SynthesizedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>
}

type Count = (resources: readonly Attributes[]) => readonly Quantity[]

const each =
  (what: string, price: Price, unitsEach = 1): Count =>
  (resources) => [{ what, price, units: resources.length * unitsEach }]

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]
const sum = (resources: readonly Attributes[], units: (one: Attributes) => number) =>
  resources.reduce((all, one) => all + units(one), 0)

/** An alarm over an expression is charged for every metric that it reads. */
const metricsOf = ({ metric_query: queries }: Attributes): number =>
  Math.max(1, list(queries).filter((query) => 'metric' in (query as Attributes)).length)

const images = ASSUMED.imageGb * ASSUMED.imagesKept

const PRICED: Readonly<Record<string, Count>> = {
  aws_cloudwatch_metric_alarm: (all) => [{ what: 'alarms', price: AWS.alarm, units: sum(all, metricsOf) }],
  aws_cloudwatch_dashboard: each('alarms', AWS.dashboard),
  aws_secretsmanager_secret: each('secrets', AWS.secret),
  aws_ecr_repository: each('images', AWS.image, images),
  aws_lambda_event_source_mapping: each('queues', AWS.queueRequest, ASSUMED.pollsPerQueue),
  aws_route53_zone: each('names', AWS.hostedZone),
  aws_kms_key: each('keys', AWS.key),
  aws_nat_gateway: each('network', AWS.natGateway, HOURS),

  google_compute_global_forwarding_rule: (all) => [
    { what: 'load balancer', price: GCP.balancer, units: all.length > 0 ? HOURS : 0 },
    { what: 'load balancer', price: GCP.moreRules, units: Math.max(0, all.length - 5) * HOURS },
  ],
  google_monitoring_alert_policy: (all) => {
    const conditions = sum(all, (one) => list(one.conditions).length)
    const looked = conditions * ASSUMED.seriesPerCondition * ASSUMED.looksPerMonth
    return [
      { what: 'alarms', price: GCP.alarm, units: conditions },
      { what: 'alarms', price: GCP.alarmSeries, units: looked },
    ]
  },
  google_cloud_scheduler_job: each('schedules', GCP.schedule),
  google_secret_manager_secret: each('secrets', GCP.secret),
  // One version in the first year; each year adds one.
  google_kms_crypto_key: each('keys', GCP.key),
  google_artifact_registry_repository: each('images', GCP.image, images),

  azurerm_cdn_frontdoor_profile: each('edge', AZURE.frontDoor),
  azurerm_container_registry: each('images', AZURE.registry, DAYS),
  azurerm_monitor_metric_alert: each('alarms', AZURE.alarm),
  azurerm_monitor_scheduled_query_rules_alert_v2: each('alarms', AZURE.queryAlarm),
  azurerm_dns_zone: each('names', AZURE.dnsZone),
  azurerm_private_endpoint: each('network', AZURE.privateEndpoint, HOURS),
  azurerm_nat_gateway: each('network', AZURE.natGateway, HOURS),
}

/** Kinds that are paid for being there and that the price table does not hold: named, so that an estimate is not silently low. */
const DEAR =
  /^(aws_(lb|alb|eip|rds_|db_|elasticache_|opensearch_|wafv2_web_acl|mq_|msk_|vpc_endpoint_|ec2_|instance|eks_)|google_(sql_|compute_(instance|router_nat|vpn|ha_vpn)|redis_|vpc_access_connector|container_cluster|compute_security_policy|kms_(?!key_ring$|crypto_key_iam_member$))|azurerm_(servicebus_|redis_|postgresql_|mssql_|application_gateway|firewall|api_management|linux_virtual|kubernetes_|public_ip|bastion))/

/** What a stack is charged for without any traffic. */
export function standingOf({ resource = {} }: SynthesizedStack): readonly Quantity[] {
  return Object.entries(PRICED).flatMap(([kind, count]) => {
    const found = resource[kind]
    return found === undefined ? [] : count(Object.values(found))
  })
}

/** Kinds of a stack that cost something which is not counted. */
export const uncounted = ({ resource = {} }: SynthesizedStack): readonly string[] =>
  Object.keys(resource).filter((kind) => DEAR.test(kind) && !Object.hasOwn(PRICED, kind))

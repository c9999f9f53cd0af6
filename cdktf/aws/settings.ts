import { filmsKeyVariables } from '../shared/films-key.ts'
import { hostOf, originOf } from '../shared/host.ts'
import { drmVariables, leftOutVariables, type SecretName } from '../shared/needs.ts'
import type { Place } from '../shared/place.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { Buckets } from './buckets.ts'
import type { ContainerJobs } from './jobs.ts'
import type { Network } from './network.ts'

export type Variables = Readonly<Record<string, string>>

/** What the variables name. */
export interface Facts {
  readonly place: Place
  readonly buckets: Buckets
  readonly busName: string
  readonly cdnKeyId: string
  readonly filmsKeyArn: string
}

/** A secret's name in Secrets Manager is this and ours. */
export const secretsPrefix = ({ prefix }: Place): string => `${prefix}/`
export const secretName = (place: Place, name: SecretName): string => `${secretsPrefix(place)}${name}`

/**
 * What adapters/aws/config.ts and functions/entry read, in every function and job alike: names and addresses, no secrets.
 * A function finds here what it may not touch, too; its role decides. AWS_REGION is set by Lambda itself, and reserved.
 */
export function variablesOf(fn: PlannedFunction, facts: Facts): Variables {
  const { place, buckets, busName, cdnKeyId, filmsKeyArn } = facts
  const { uses, kind } = fn
  return {
    NODE_OPTIONS: '--enable-source-maps',
    SKYREEL_PUBLIC_ORIGIN: originOf(place),
    SKYREEL_BUCKET_UPLOADS: buckets.uploads.name,
    SKYREEL_BUCKET_MEDIA: buckets.media.name,
    SKYREEL_BUS: busName,
    SKYREEL_QUEUES: queuesPrefix(place),
    SKYREEL_SECRETS: secretsPrefix(place),
    ...leftOutVariables(place),
    SKYREEL_CDN_ORIGIN: originOf(place),
    SKYREEL_CDN_KEY_ID: cdnKeyId,
    SKYREEL_COOKIE_DOMAIN: hostOf(place),
    SKYREEL_UPLOAD_DAYS: String(place.environment.retention.uploadDays),
    // CloudFront, which tells the viewer's address to the gateway.
    ...(kind === 'http' ? { SKYREEL_TRUSTED_HOPS: '1' } : {}),
    ...(uses.db === 'read' ? { SKYREEL_DB: 'read' } : {}),
    ...filmsKeyVariables(fn, filmsKeyArn),
    ...drmVariables(place),
    ...place.environment.settings,
  }
}

function queuesPrefix({ environment, prefix }: Place): string {
  const { accountId, region } = environment.aws
  return `https://sqs.${region}.amazonaws.com/${accountId}/${prefix}-`
}

/** Where container jobs run: all of these or none. Only for functions that start, stop or look up jobs. */
export function jobVariables(jobs: ContainerJobs, network: Network): Variables {
  const families = Object.entries(jobs.tasks).map(([kind, { family }]) => [
    `SKYREEL_JOB_${kind.toUpperCase()}`,
    family,
  ])
  return {
    SKYREEL_JOB_CLUSTER: jobs.clusterName,
    ...Object.fromEntries(families),
    SKYREEL_JOB_CONTAINER: jobs.container,
    SKYREEL_JOB_SUBNETS: network.subnetIds.join(','),
    SKYREEL_JOB_SECURITY_GROUPS: network.securityGroupId,
    // The subnets have no NAT: without an address of its own a task could not fetch its image.
    SKYREEL_JOB_PUBLIC_IP: 'ENABLED',
  }
}

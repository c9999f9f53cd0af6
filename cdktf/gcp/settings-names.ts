import { globalName, nameFor, shortName } from '../shared/names.ts'
import type { Place } from '../shared/place.ts'
import type { PlannedFunction } from '../shared/plan.ts'

// Names that a function is told by variables and that its resource bears: made here once, so that the two cannot differ, and
// so that a function need not wait for the resource that it names.

export const BUCKETS = ['uploads', 'media', 'pages', 'code'] as const
export type BucketName = (typeof BUCKETS)[number]

/** Name of a bucket, in the one namespace of all of Cloud Storage. */
export const bucketName = (place: Place, bucket: BucketName): string =>
  globalName(place, 'gcsBucket', bucket, place.environment.gcp.projectId)

export const busName = (place: Place): string => nameFor(place, 'pubsub', 'bus')

/** Of the Cloud Run service of a function. */
export const serviceName = (place: Place, { name }: PlannedFunction): string =>
  nameFor(place, 'cloudRun', name)

/** Of the Cloud Run job of a kind of work. */
export const jobName = (place: Place, { name }: PlannedFunction): string =>
  nameFor(place, 'cloudRunJob', name)

/** Before the name of each secret, as SKYREEL_SECRETS tells it. */
export const secretPrefix = ({ prefix }: Place): string => `${prefix}-`

/** Under which the edge knows the key that signs for it. The deployment adds its value; Terraform never sees it. */
export const CDN_KEY_NAME = 'skyreel'

/** Header in which the load balancer tells an API where the client is. */
export const COUNTRY_HEADER = 'x-skyreel-country'

/** The bucket before which the edge stands, as `gcloud compute backend-buckets` knows it. */
export const backendBucketName = ({ prefix }: Place, bucket: 'media' | 'pages'): string =>
  `${prefix}-${bucket}`

/** Google's own account of a service in this project, such as `gcp-sa-pubsub`. */
export const serviceAgent = ({ environment }: Place, service: string): string =>
  `serviceAccount:service-${environment.gcp.projectNumber}@${service}.iam.gserviceaccount.com`

/** Account of a function or a job. */
export const accountName = (place: Place, { name }: Pick<PlannedFunction, 'name'>): string =>
  shortName(place, 'serviceAccount', name)

/** The account's address, as it signs and is told of itself. */
export const accountAddress = (place: Place, fn: Pick<PlannedFunction, 'name'>): string =>
  `${accountName(place, fn)}@${place.environment.gcp.projectId}.iam.gserviceaccount.com`

/** Subscription of a consumer at the bus. */
export const queueName = (place: Place, { name }: PlannedFunction): string => nameFor(place, 'pubsub', name)

/** Topic and subscription of what a consumer refused for too long. */
export const deadName = (place: Place, { name }: PlannedFunction): string =>
  nameFor(place, 'pubsub', `${name}-dead`)

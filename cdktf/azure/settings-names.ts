import { globalName, nameFor, shortName } from '../shared/names.ts'
import type { Place } from '../shared/place.ts'
import type { PlannedFunction } from '../shared/plan.ts'

/** What everything of one deployment on Azure is called. No bindings are loaded for it: the deployment reads it, too. */
export interface AzureNames {
  readonly resourceGroup: string
  /** Films, uploads, queues: what a deployment must not lose. */
  readonly dataAccount: string
  /** Code and locks of the function apps. */
  readonly hostAccount: string
  readonly pagesAccount: string
  readonly vault: string
  readonly registry: string
  readonly topic: string
  readonly frontDoor: string
  readonly endpoint: string
}

/** The names of one place. Throws `NameRefused` where a platform would refuse one. */
export function azureNames(place: Place): AzureNames {
  const { subscriptionId } = place.environment.azure
  const world = (kind: Parameters<typeof globalName>[1], short: string) =>
    globalName(place, kind, short, subscriptionId)
  return {
    resourceGroup: place.prefix,
    dataAccount: world('storageAccount', 'data'),
    hostAccount: world('storageAccount', 'host'),
    pagesAccount: world('storageAccount', 'web'),
    vault: world('keyVault', 'kv'),
    registry: world('registry', 'images'),
    topic: world('functionApp', 'bus'),
    frontDoor: `${place.prefix}-edge`,
    endpoint: world('functionApp', 'edge'),
  }
}

/** Of the whole world's function apps: `skyreel-dev-video-api-a-1a2b3c`. */
export const appName = (place: Place, app: string): string =>
  globalName(place, 'functionApp', app, place.environment.azure.subscriptionId)

/** An API is two apps, between which Front Door shares the requests. All else is one: an event cannot be weighted. */
export const appsOf = ({ name, kind }: PlannedFunction): readonly string[] =>
  kind === 'http' ? [`${name}-a`, `${name}-b`] : [name]

/** The Functions host's own name of an app: 32 characters at most, the same bound as that of a job. */
export const hostId = (place: Place, app: string): string => shortName(place, 'containerAppJob', app)

export const jobName = (place: Place, job: string): string => shortName(place, 'containerAppJob', job)

/**
 * Resource id of the job, put together: a job is told its own id, which as a reference would be a circle.
 */
export const jobId = (place: Place, job: string): string =>
  `/subscriptions/${place.environment.azure.subscriptionId}/resourceGroups/${azureNames(place).resourceGroup}/providers/Microsoft.App/jobs/${jobName(place, job)}`

/** Consumers find their queues by it: `SKYREEL_QUEUES` and their name. */
export const queuePrefix = (place: Place): string => `${place.prefix}-`
export const queueName = (place: Place, fn: string): string => nameFor(place, 'storageQueue', fn)
/** The Functions host chooses this name, not we. */
export const poisonName = (place: Place, fn: string): string => nameFor(place, 'storageQueue', `${fn}-poison`)

/** Where clients send the parts of a film. */
export const uploadsOrigin = (place: Place): string =>
  `https://${azureNames(place).dataAccount}.blob.core.windows.net`

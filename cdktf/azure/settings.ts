import { FILMS_KEY, filmsKeyVariables } from '../shared/films-key.ts'
import { originOf } from '../shared/host.ts'
import { drmVariables, leftOutVariables } from '../shared/needs.ts'
import type { Place } from '../shared/place.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import { CONTAINERS } from './buckets-names.ts'
import { azureNames, jobId, queuePrefix } from './settings-names.ts'

export type Variables = Readonly<Record<string, string>>

/** What the variables name and only Azure knows: expressions. */
export interface Facts {
  /** Address of the topic, with `/api/events`. */
  readonly bus: string
  /** Of the identity of this function or job. */
  readonly clientId: string
}

/**
 * What `adapters/azure/config.ts` and `functions/entry` read, all of it in every function and job, which refuse to start
 * without any of them. Names and addresses, no secrets: what a function finds here its identity still may not touch.
 */
export function settingsOf(
  place: Place,
  plan: readonly PlannedFunction[],
  fn: PlannedFunction,
  { bus, clientId }: Facts,
): Variables {
  const { dataAccount, vault } = azureNames(place)
  const [uploads, media] = CONTAINERS
  return {
    AZURE_CLIENT_ID: clientId,
    NODE_OPTIONS: '--enable-source-maps',
    SKYREEL_BUCKET_MEDIA: media,
    SKYREEL_BUCKET_UPLOADS: uploads,
    SKYREEL_BUS: bus,
    SKYREEL_CDN_ORIGIN: originOf(place),
    SKYREEL_PUBLIC_ORIGIN: originOf(place),
    SKYREEL_QUEUES: queuePrefix(place),
    SKYREEL_SECRETS: `https://${vault}.vault.azure.net`,
    ...leftOutVariables(place),
    SKYREEL_STORAGE_ACCOUNT: dataAccount,
    SKYREEL_UPLOAD_DAYS: String(place.environment.retention.uploadDays),
    ...jobVariables(place, plan),
    ...(fn.uses.db === 'read' ? { SKYREEL_DB: 'read' } : {}),
    // Without a version: the newest wraps.
    ...filmsKeyVariables(fn, `https://${vault}.vault.azure.net/keys/${FILMS_KEY}`),
    ...drmVariables(place),
    ...place.environment.settings,
  }
}

function jobVariables(place: Place, plan: readonly PlannedFunction[]): Variables {
  const kinds = plan.flatMap(({ trigger }) => ('job' in trigger ? [trigger.job] : []))
  return Object.fromEntries(kinds.map((kind) => [`SKYREEL_JOB_${kind.toUpperCase()}`, jobId(place, kind)]))
}

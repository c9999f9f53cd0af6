import { filmsKeyVariables } from '../shared/films-key.ts'
import { hostOf, originOf } from '../shared/host.ts'
import { drmVariables, leftOutVariables } from '../shared/needs.ts'
import type { Place } from '../shared/place.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import { bucketName, busName, CDN_KEY_NAME, COUNTRY_HEADER, jobName, secretPrefix } from './settings-names.ts'

type Variables = Readonly<Record<string, string>>

/** The reactions: each has a subscription of its own. */
export const consumersOf = (plan: readonly PlannedFunction[]): readonly PlannedFunction[] =>
  plan.filter(({ kind }) => kind === 'on')

/** What the variables name and only Google knows: an expression. */
export interface Facts {
  /** Full name of the key that wraps the keys of films. */
  readonly filmsKey: string
}

/**
 * Variables of a function or of a job's container: what `adapters/gcp/config.ts` and `functions/entry` read, all of it
 * everywhere, since a function refuses to start without any of them. Names only: values of secrets are in no variable.
 */
export function settingsOf(
  place: Place,
  plan: readonly PlannedFunction[],
  fn: PlannedFunction,
  { filmsKey }: Facts,
): Variables {
  const { projectId, region } = place.environment.gcp
  return sorted({
    NODE_OPTIONS: '--enable-source-maps',
    SKYREEL_GCP_PROJECT: projectId,
    SKYREEL_GCP_LOCATION: region,
    SKYREEL_BUCKET_UPLOADS: bucketName(place, 'uploads'),
    SKYREEL_BUCKET_MEDIA: bucketName(place, 'media'),
    SKYREEL_BUS: busName(place),
    SKYREEL_CONSUMERS: consumersOf(plan)
      .map(({ name }) => name)
      .join(','),
    SKYREEL_SECRETS: secretPrefix(place),
    ...leftOutVariables(place),
    SKYREEL_PUBLIC_ORIGIN: originOf(place),
    SKYREEL_CDN_ORIGIN: originOf(place),
    SKYREEL_CDN_KEY_ID: CDN_KEY_NAME,
    SKYREEL_COOKIE_DOMAIN: hostOf(place),
    SKYREEL_UPLOAD_DAYS: String(place.environment.retention.uploadDays),
    ...jobVariables(place, plan),
    ...(fn.uses.db === 'read' ? { SKYREEL_DB: 'read' } : {}),
    ...filmsKeyVariables(fn, filmsKey),
    ...drmVariables(place),
    // The load balancer writes it, and nobody else reaches an API: cdktf/gcp/api.ts.
    SKYREEL_COUNTRY_HEADER: COUNTRY_HEADER,
    ...place.environment.settings,
  })
}

/** Whether it makes signed URLs of the store, and so signs as itself. */
export const signsUrls = ({ uses }: PlannedFunction): boolean =>
  Object.values(uses.storage ?? {}).some((actions) => actions.some((action) => action.startsWith('sign-')))

function jobVariables(place: Place, plan: readonly PlannedFunction[]): Variables {
  const jobs = plan.flatMap((fn) => ('job' in fn.trigger ? [[fn.trigger.job, jobName(place, fn)]] : []))
  return Object.fromEntries(jobs.map(([kind = '', name = '']) => [`SKYREEL_JOB_${kind.toUpperCase()}`, name]))
}

const sorted = (variables: Variables): Variables =>
  Object.fromEntries(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)))

import * as z from 'zod/mini'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Command, Guarded } from '../column.ts'
import { gcloud, gcloudArgv, NO_QUESTIONS } from './gcp-command.ts'
import { type Argv, quoted, whereSays } from './pipes.ts'

/** Tags of revisions: they name without taking requests, and outlive a lost machine. */
export const CANDIDATE = 'candidate'
export const PREVIOUS = 'previous'

/** A call of `gcloud run services`, in the stack's region. */
export const runServicesArgv = (place: Place, ...words: readonly string[]): Argv =>
  gcloudArgv(place, 'run', 'services', ...words, `--region=${place.environment.gcp.region}`)

/** A question about one service, answered as JSON. */
export const describeService = (place: Place, says: string, service: string): Command => {
  const { region } = place.environment.gcp
  return gcloud(place, says, 'run', 'services', 'describe', service, `--region=${region}`, '--format=json')
}

/**
 * The first apply leaves a service with "all to the newest revision": the next apply would then be no canary but a switch.
 * So the traffic is given to the revision by its name, once.
 */
export function pinTraffic(place: Place, service: string): Guarded {
  const asked = (format: string) => runServicesArgv(place, 'describe', service, `--format=${format}`)
  const now = quoted(asked('value(status.latestReadyRevisionName)'))
  const pin = quoted(runServicesArgv(place, 'update-traffic', service))
  return {
    says: `give the traffic of ${service} to its revision by name`,
    argv: whereSays(
      asked('json(spec.traffic)'),
      `*'"latestRevision": true'*`,
      `now=$(${now}) && test -n "$now" && ${pin} --to-revisions="$now=100"`,
    ),
    env: NO_QUESTIONS,
  }
}

const Service = z.object({
  status: z.object({
    latestReadyRevisionName: z.optional(z.string()),
    latestCreatedRevisionName: z.optional(z.string()),
    traffic: z.optional(
      z.array(
        z.object({
          revisionName: z.string(),
          percent: z.optional(z.number()),
          tag: z.optional(z.string()),
        }),
      ),
    ),
  }),
})

/** What `gcloud run services describe --format=json` tells of a service's revisions. */
export interface Traffic {
  readonly ready: string | undefined
  readonly created: string | undefined
  readonly tagged: (tag: string) => string | undefined
  /** The revision that takes requests and is no candidate. */
  readonly serving: string | undefined
}

/** Reads the answer. Throws where it is not of the documented form. */
export function trafficOf(answer: unknown): Traffic {
  const { status } = Service.parse(answer)
  const targets = status.traffic ?? []
  const tagged = (tag: string) => targets.find((target) => target.tag === tag)?.revisionName
  const candidate = tagged(CANDIDATE)
  const takes = targets.filter(({ percent = 0 }) => percent > 0).map(({ revisionName }) => revisionName)
  return {
    ready: status.latestReadyRevisionName,
    created: status.latestCreatedRevisionName,
    tagged,
    serving: takes.find((revision) => revision !== candidate) ?? takes[0],
  }
}

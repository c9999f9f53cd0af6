import type { Canary, ColumnOptions, Guarded, Query } from '../column.ts'
import { fromJson, StrangeAnswer } from './answers.ts'
import { deployed } from './deployed.ts'
import { gcloud } from './gcp-command.ts'
import { gcpHealth } from './gcp-health.ts'
import { CANDIDATE, describeService, PREVIOUS, type Traffic, trafficOf } from './gcp-traffic.ts'

/**
 * Traffic split between two revisions of the Cloud Run service under a function. Pub/Sub, Eventarc and Cloud Scheduler push
 * to the service's address as clients do, so that reactions and schedules are split too.
 */
export function gcpCanary(options: ColumnOptions): Canary {
  const { place } = options
  const service = (name: string) => deployed(options, name).name
  const ask = <T>(name: string, says: string, pick: (traffic: Traffic) => T): Query<T> => ({
    command: describeService(place, says, service(name)),
    read: fromJson(`revisions of ${name}`, (answer) => pick(trafficOf(answer))),
  })
  return {
    unweighted: (name) => void deployed(options, name),
    serving: (name) => ask(name, `see which revision of ${name} serves`, ({ serving }) => serving),
    previous: (name) =>
      ask(name, `see which revision of ${name} served before`, ({ tagged }) => tagged(PREVIOUS)),
    halfway: (name) =>
      ask(name, `see whether a canary of ${name} was stopped`, ({ tagged }) => tagged(CANDIDATE)),
    candidate: (name) => ask(name, `see the new revision of ${name}`, newest),
    route: (name, share) => [split(options, name, share)],
    health: (name, of) => gcpHealth(place, service(name), of),
    remember: (name, release) => [
      updateTraffic(options, name, `remember the revision ${release} of ${name}`, [
        `--update-tags=${PREVIOUS}=${release}`,
      ]),
    ],
  }
}

/** A revision that does not start is created and never ready; the canary would judge the one before it. */
function newest({ ready, created }: Traffic): string {
  if (ready !== undefined && ready === created) return ready
  throw new StrangeAnswer(`the newest revision ${created} is not ready; the last that is: ${ready}`)
}

/** The candidate keeps its tag until the end, so that an interrupted canary is told from a finished one. */
function split(
  options: ColumnOptions,
  name: string,
  { from, to, percent }: { from: string; to: string; percent: number },
): Guarded {
  if (percent >= 100 || from === to)
    return updateTraffic(options, name, `give all requests of ${name} to ${to}`, [
      ...[`--to-revisions=${to}=100`, `--remove-tags=${CANDIDATE}`],
    ])
  if (percent <= 0)
    return updateTraffic(options, name, `give all requests of ${name} back to ${from}`, [
      ...[`--to-revisions=${from}=100`, `--remove-tags=${CANDIDATE}`],
    ])
  return updateTraffic(options, name, `give ${percent} % of the requests of ${name} to ${to}`, [
    ...[`--to-revisions=${from}=${100 - percent},${to}=${percent}`, `--update-tags=${CANDIDATE}=${to}`],
  ])
}

const updateTraffic = (
  options: ColumnOptions,
  name: string,
  says: string,
  flags: readonly string[],
): Guarded =>
  gcloud(
    options.place,
    says,
    ...['run', 'services', 'update-traffic', deployed(options, name).name],
    ...flags,
    `--region=${options.place.environment.gcp.region}`,
  )

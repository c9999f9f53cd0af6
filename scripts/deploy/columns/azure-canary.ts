import type { Canary, ColumnOptions, Command, Guarded, Query } from '../column.ts'
import { fromJson } from './answers.ts'
import { azureHealth } from './azure-health.ts'
import {
  isAssumed,
  listOrigins,
  type Origin,
  originNamed,
  originsOf,
  otherOf,
  setOrigin,
  weightOf,
} from './azure-origins.ts'
import { deployed, NotDeployed } from './deployed.ts'

/**
 * Weights of Front Door between the two apps of an API: Flex Consumption has no slots. A release is the app that runs it;
 * the apps take turns, and the one that served before keeps its code for a rollback.
 */
export function azureCanary(options: ColumnOptions): Canary {
  const ask = <T>(name: string, says: string, pick: (origins: readonly Origin[]) => T): Query<T> => ({
    command: originsCommand(options, says, name),
    read: fromJson(`origins of ${name}`, (answer) => pick(originsOf(answer))),
  })
  return {
    unweighted: (name) => UNWEIGHTED[deployed(options, name).kind],
    serving: (name) => ask(name, `see which app of ${name} serves`, servingOf),
    previous: (name) => ask(name, `see which app of ${name} served before`, previousOf),
    halfway: (name) => ask(name, `see whether a canary of ${name} was stopped`, halfwayOf),
    // Of an API that has never been routed both apps have the new code.
    candidate: (name) => ask(name, `see which app of ${name} has the new code`, candidateOf),
    route: (name, share) => route(options, name, share),
    health: (name, of) => azureHealth(options.place, appOf(options, name, of.release), of),
    // The last step of a canary marks the app that served, so that there is nothing more to write down.
    remember: () => [],
  }
}

function originsCommand(options: ColumnOptions, says: string, name: string): Command {
  deployed(options, name)
  return listOrigins(options.place, says, name)
}

const UNWEIGHTED = {
  http: undefined,
  on: 'it takes messages from its queue by itself, and Azure shares no queue between two apps by weight',
  cron: 'its timer starts it, and two apps would both run at each time',
} as const

const servingOf = (origins: readonly Origin[]): string | undefined =>
  origins.find(({ enabled, role }) => enabled && role === 'serving')?.name
const previousOf = (origins: readonly Origin[]): string | undefined =>
  origins.find(({ enabled, role }) => !enabled && role === 'previous')?.name
const halfwayOf = (origins: readonly Origin[]): string | undefined =>
  origins.find(({ enabled, role }) => enabled && role === 'candidate')?.name
function candidateOf(origins: readonly Origin[]): string {
  const serving = servingOf(origins)
  return serving === undefined ? 'a' : otherOf(originNamed(serving))
}

const checked = (release: string): string => (isAssumed(release) ? release : originNamed(release))

function appOf(options: ColumnOptions, name: string, release: string): string {
  const { name: first, twin } = deployed(options, name)
  if (isAssumed(release)) return release
  const app = originNamed(release) === 'a' ? first : twin
  if (app !== undefined) return app
  throw new NotDeployed(`the output of ${name} names no second app`)
}

/** The one that gets more is switched on before the other is switched off: a group without any origin answers 503. */
function route(
  { place }: ColumnOptions,
  name: string,
  share: { from: string; to: string; percent: number },
): readonly Guarded[] {
  const { percent } = share
  const to = checked(share.to)
  const from = share.from === share.to ? otherOf(originNamed(to)) : checked(share.from)
  const set = (origin: string, enabled: boolean, weight: number, says: string) =>
    setOrigin(place, name, { origin, enabled, weight, says })
  const all = weightOf('serving', 99)
  if (percent >= 100) {
    // The first release has none before it.
    const left = share.from === share.to ? weightOf('candidate', 0) : weightOf('previous', 0)
    return [
      set(to, true, all, `give all requests of ${name} to app ${to}`),
      set(from, false, left, `give no more requests of ${name} to app ${from}`),
    ]
  }
  if (percent <= 0)
    return [
      set(from, true, all, `give all requests of ${name} back to app ${from}`),
      set(to, false, weightOf('candidate', 0), `give no more requests of ${name} to app ${to}`),
    ]
  return [
    set(
      from,
      true,
      weightOf('serving', 100 - percent),
      `give ${100 - percent} % of the requests of ${name} to app ${from}`,
    ),
    set(
      to,
      true,
      weightOf('candidate', percent),
      `give ${percent} % of the requests of ${name} to app ${to}`,
    ),
  ]
}

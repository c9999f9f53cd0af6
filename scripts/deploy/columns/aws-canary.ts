import * as z from 'zod/mini'
import type { Canary, ColumnOptions, Guarded, Query } from '../column.ts'
import { fromJson } from './answers.ts'
import { aws } from './aws-command.ts'
import { awsHealth } from './aws-health.ts'
import { deployed, NotDeployed } from './deployed.ts'

/** The stack makes it; gateway, queues and schedules all call it, so that each of them is split. */
export const LIVE = 'live'
/** Made here. Terraform knows nothing of it, and takes it away with the function. */
export const PREVIOUS = 'previous'

/** Weights of the alias `live` between two published versions. */
export function awsCanary(options: ColumnOptions): Canary {
  const { place } = options
  const lambda = (name: string) => deployed(options, name).name
  return {
    unweighted: (name) => void deployed(options, name),
    serving: (name) => askAlias(options, name, LIVE, (alias) => alias?.FunctionVersion),
    previous: (name) => askAlias(options, name, PREVIOUS, (alias) => alias?.FunctionVersion),
    halfway: (name) => askAlias(options, name, LIVE, secondVersion),
    candidate: (name) => candidate(options, name),
    route: (name, share) => [weigh(options, name, share)],
    health: (name, of) => awsHealth(place, lambda(name), of),
    remember: (name, release) => remember(options, name, release),
  }
}

/** By a list, since asking for an alias that is not there is an error, and not told from others by its status. */
function askAlias(
  options: ColumnOptions,
  name: string,
  alias: string,
  pick: (alias: Alias | undefined) => string | undefined,
): Query<string | undefined> {
  const command = aws(
    options.place,
    `see which version of ${name} is ${alias}`,
    ...['lambda', 'list-aliases', '--function-name', deployed(options, name).name, '--output', 'json'],
  )
  const named = (answer: unknown) => Aliases.parse(answer).Aliases.find(({ Name }) => Name === alias)
  return { command, read: fromJson(`aliases of ${name}`, (answer) => pick(named(answer))) }
}

const Weights = z.object({ AdditionalVersionWeights: z.nullish(z.record(z.string(), z.number())) })
const Alias = z.object({ Name: z.string(), FunctionVersion: z.string(), RoutingConfig: z.nullish(Weights) })
const Aliases = z.object({ Aliases: z.array(Alias) })
type Alias = z.infer<typeof Alias>

const secondVersion = (alias: Alias | undefined) =>
  Object.keys(alias?.RoutingConfig?.AdditionalVersionWeights ?? {})[0]

/** The stack tells the version that it published; asked for all the same, since it may have gone since then. */
function candidate(options: ColumnOptions, name: string): Query<string> {
  const { name: lambda, version } = deployed(options, name)
  if (version === undefined)
    throw new NotDeployed(`the output of ${name} has no version: it was not published`)
  return {
    command: aws(
      options.place,
      `see the new version of ${name}`,
      ...['lambda', 'get-function-configuration', '--function-name', lambda, '--qualifier', version],
      ...['--query', 'Version', '--output', 'json'],
    ),
    read: fromJson(`version of ${name}`, (answer) => z.string().parse(answer)),
  }
}

/** The alias keeps `from` until the end, so that an interrupted canary is told from a finished one. */
function weigh(
  options: ColumnOptions,
  name: string,
  { from, to, percent }: { from: string; to: string; percent: number },
): Guarded {
  const ends = percent >= 100 || from === to
  const AdditionalVersionWeights = ends || percent <= 0 ? {} : { [to]: percent / 100 }
  return aws(
    options.place,
    percent <= 0
      ? `give all requests of ${name} to ${from}`
      : `give ${percent} % of the requests of ${name} to ${to}`,
    ...['lambda', 'update-alias', '--function-name', deployed(options, name).name, '--name', LIVE],
    ...['--function-version', ends ? to : from],
    ...['--routing-config', JSON.stringify({ AdditionalVersionWeights })],
  )
}

function remember(options: ColumnOptions, name: string, release: string): readonly Guarded[] {
  const { place } = options
  const alias = ['--function-name', deployed(options, name).name, '--name', PREVIOUS]
  const version = ['--function-version', release]
  const says = `remember version ${release} of ${name}`
  return [
    {
      ...aws(place, `make the alias ${PREVIOUS} of ${name}`, 'lambda', 'create-alias', ...alias, ...version),
      unless: aws(place, 'the alias is there', 'lambda', 'get-alias', ...alias),
    },
    aws(place, says, 'lambda', 'update-alias', ...alias, ...version),
  ]
}

import { CLOUDS, type Cloud, ENVIRONMENTS, type EnvironmentName } from '../../cdktf/shared/environment.ts'

/** What a month brings. */
export interface Traffic {
  /** Requests of the API. */
  readonly requests: number
  /** Minutes of film that are uploaded and transcoded. */
  readonly minutes: number
  /** People who watch something in the month. */
  readonly viewers: number
  /** Minutes that each of them watches in the month. */
  readonly watched: number
  /** Of what they watch, in megabits a second. */
  readonly megabits: number
  /** Minutes of film in the store. */
  readonly kept: number
  /** Processor minutes that a minute of film takes to transcode. */
  readonly cpuMinutes: number
}

export interface CostWish {
  readonly help: boolean
  readonly json: boolean
  readonly freeTier: boolean
  readonly clouds: readonly Cloud[]
  readonly environment: EnvironmentName
  readonly traffic: Traffic
}

/** An argument that cannot be used, with its rule. */
export class WrongWish extends Error {
  override readonly name = 'WrongWish'
}

/** Measured: 71 s of processor for 56 s of 1080p at 24 frames, whole ladder, probe, pictures and packaging. */
export const MEASURED_CPU_MINUTES = 1.3
const WATCHED = 60
const MEGABITS = 3

const FLAGS = new Set(['--json', '--free-tier', '--help', '-h'])
const WHOLE = ['--requests', '--minutes', '--viewers', '--watched', '--kept'] as const
const DECIMAL = ['--mbps', '--cpu-minutes'] as const
const VALUED = new Set<string>([...WHOLE, ...DECIMAL, '--cloud', '--env'])

/** Reads the words of `npm run cost`. Throws `WrongWish` with the rule that is broken. */
export function readWish(words: readonly string[]): CostWish {
  const given = pairs(words)
  const number = (name: string, otherwise: number) => numberOf(name, given.get(name), otherwise)
  const minutes = number('--minutes', 0)
  const traffic: Traffic = {
    ...{ requests: number('--requests', 0), minutes, viewers: number('--viewers', 0) },
    ...{ watched: number('--watched', WATCHED), megabits: number('--mbps', MEGABITS) },
    ...{ kept: number('--kept', minutes), cpuMinutes: number('--cpu-minutes', MEASURED_CPU_MINUTES) },
  }
  return {
    ...{ help: given.has('--help') || given.has('-h'), json: given.has('--json') },
    ...{ freeTier: given.has('--free-tier'), traffic },
    clouds: cloudsOf(given.get('--cloud')),
    environment: oneOf('--env', given.get('--env') ?? 'prod', ENVIRONMENTS),
  }
}

function pairs(words: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (let at = 0; at < words.length; at++) {
    const [name = '', glued] = (words[at] ?? '').split(/=(.*)/s)
    if (given.has(name)) throw new WrongWish(`${name} is given twice`)
    if (FLAGS.has(name)) given.set(name, '')
    else if (!VALUED.has(name)) throw new WrongWish(`there is no option ${name}; --help tells the others`)
    else given.set(name, glued ?? words[++at] ?? '')
  }
  return given
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const decimal = DECIMAL.some((one) => one === name)
  const value = Number(text)
  const form = decimal ? /^\d{1,6}(\.\d{1,6})?$/ : /^\d{1,15}$/
  if (form.test(text) && Number.isSafeInteger(Math.floor(value))) return value
  const rule = decimal ? 'a number of at least 0 such as 2.5' : 'a whole number of at least 0 such as 1000'
  throw new WrongWish(`${name} must be ${rule}, not ${JSON.stringify(text)}`)
}

const cloudsOf = (text: string | undefined): readonly Cloud[] =>
  text === undefined ? CLOUDS : [oneOf('--cloud', text, CLOUDS)]

function oneOf<T extends string>(name: string, text: string, all: readonly T[]): T {
  const found = all.find((one) => one === text)
  if (found === undefined)
    throw new WrongWish(`${name} must be one of ${all.join(', ')}, not ${JSON.stringify(text)}`)
  return found
}

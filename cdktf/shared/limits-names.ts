import { globalName, type NameKind, NameRefused, nameFor, shortName } from './names.ts'
import type { Place } from './place.ts'
import type { PlannedFunction } from './plan.ts'

interface Named {
  readonly kind: NameKind
  readonly fns: readonly PlannedFunction['kind'][]
  /** What stands behind the function's name in the longest name of this kind. */
  readonly tail?: string
  readonly form?: keyof typeof FORMS
}

const FORMS = {
  whole: nameFor,
  /** Cut, with a hash behind it, where the whole does not fit: only its letters can be wrong. */
  short: shortName,
  /** Among all of Azure's customers. */
  world: (place: Place, kind: NameKind, text: string) =>
    globalName(place, kind, text, place.environment.azure.subscriptionId),
}

const SERVED = ['http', 'on', 'cron'] as const
const ALL = [...SERVED, 'job'] as const

/** Every name that a stack makes from a function's. */
const NAMED: Readonly<Record<Place['cloud'], readonly Named[]>> = {
  aws: [
    { kind: 'lambda', fns: SERVED },
    { kind: 'iamRole', fns: ALL },
    { kind: 'sqsQueue', fns: ['on', 'cron'], tail: '-dead-letters' },
    { kind: 'schedule', fns: ['cron'] },
  ],
  gcp: [
    { kind: 'cloudRun', fns: SERVED },
    { kind: 'cloudRunJob', fns: ['job'] },
    { kind: 'serviceAccount', fns: ALL, form: 'short' },
    { kind: 'pubsub', fns: ['on'], tail: '-dead' },
  ],
  azure: [
    // An API is two apps, a and b.
    { kind: 'functionApp', fns: SERVED, tail: '-a', form: 'world' },
    // The platform itself adds the word to where it gives up.
    { kind: 'storageQueue', fns: ['on'], tail: '-poison' },
    { kind: 'containerAppJob', fns: ['job'], form: 'short' },
    { kind: 'identity', fns: ALL },
  ],
}

/** A line for each name of this function that its platform would not take. */
export function namesRefused(place: Place, fn: PlannedFunction): readonly string[] {
  return NAMED[place.cloud]
    .filter(({ fns }) => fns.includes(fn.kind))
    .flatMap(({ kind, tail = '', form = 'whole' }) => {
      const text = `${fn.name}${tail}`
      try {
        FORMS[form](place, kind, text)
        return []
      } catch (error) {
        if (!(error instanceof NameRefused)) throw error
        return [`${fn.name}: ${error.message.replace(`${text}: `, '')}`]
      }
    })
}

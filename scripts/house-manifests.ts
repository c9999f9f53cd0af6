import { isTest, type Violation } from './house-files.ts'

/** A module under functions/<domain>/, as imported. */
export interface ManifestModule {
  readonly path: string
  readonly exports: Readonly<Record<string, unknown>>
}

/** Where manifests live: one file per deployable, beside tests only. */
export const isManifestPath = (path: string): boolean =>
  /^functions\/[\w-]+\/[\w-]+\.ts$/.test(path) && !/^functions\/(entry|web)\//.test(path) && !isTest(path)

type Facts = Readonly<Record<string, unknown>>

/** Every manifest is well formed, its name unique, its routes its own. */
export function manifestViolations(modules: readonly ManifestModule[]): Violation[] {
  const broken = modules.flatMap(({ path, exports }) => brokenRules(exports).map((says) => ({ path, says })))
  return [...broken, ...repeated(modules, namesOf, 'name'), ...repeated(modules, routesOf, 'route')]
}

function brokenRules(exports: Facts): string[] {
  if (Object.keys(exports).join() !== 'default') return ['exports its manifest as default, and nothing else']
  const manifest = exports.default
  if (typeof manifest !== 'object' || manifest === null) return ['its default export is no manifest']
  const facts = manifest as Facts
  return RULES.filter(({ holds }) => !holds(facts)).map(({ says }) => says)
}

const isPositive = (value: unknown) => typeof value === 'number' && value > 0
const isFunction = (value: unknown) => typeof value === 'function'

const RULES: readonly { readonly says: string; readonly holds: (facts: Facts) => boolean }[] = [
  {
    says: 'kind is http, on, cron or job',
    holds: ({ kind }) => ['http', 'on', 'cron', 'job'].includes(String(kind)),
  },
  {
    says: 'name is kebab case',
    holds: ({ name }) => typeof name === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name),
  },
  { says: 'uses is declared', holds: ({ uses }) => typeof uses === 'object' && uses !== null },
  { says: 'memoryMb is positive', holds: ({ memoryMb }) => isPositive(memoryMb) },
  {
    says: 'its time limit is declared',
    holds: ({ kind, timeoutSeconds, timeoutMinutes }) =>
      isPositive(kind === 'job' ? timeoutMinutes : timeoutSeconds),
  },
  {
    says: 'an http function has routes',
    holds: ({ kind, routes }) => kind !== 'http' || (Array.isArray(routes) && routes.length > 0),
  },
  { says: 'it has a handler', holds: ({ kind, handler }) => kind === 'http' || isFunction(handler) },
  {
    says: 'an event function names its type and attempts',
    holds: ({ kind, type, attempts }) => kind !== 'on' || (typeof type === 'string' && isPositive(attempts)),
  },
  {
    says: 'a cron function names its interval',
    holds: ({ kind, every }) => kind !== 'cron' || /^\d+ (minute|hour|day)s?$/.test(String(every)),
  },
]

const defaultOf = ({ exports }: ManifestModule) => (exports.default ?? {}) as Facts
const namesOf = (module: ManifestModule): string[] => [String(defaultOf(module).name)]
const routesOf = (module: ManifestModule): string[] => {
  const { routes } = defaultOf(module)
  return Array.isArray(routes) ? routes.map((route: Facts) => `${route.method} ${route.path}`) : []
}

function repeated(
  modules: readonly ManifestModule[],
  of: (module: ManifestModule) => string[],
  what: string,
): Violation[] {
  const all = modules.flatMap((module) => of(module).map((word) => ({ word, path: module.path })))
  const seen = new Map<string, string>()
  return all.flatMap(({ word, path }) => {
    const first = seen.get(word)
    if (first === undefined) seen.set(word, path)
    return first === undefined ? [] : [{ path, says: `its ${what} ${word} is taken by ${first}` }]
  })
}

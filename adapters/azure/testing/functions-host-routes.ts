import { type Registered, triggerOf } from './functions-host-core.ts'

interface Route {
  readonly name: string
  readonly methods: readonly string[]
  readonly keys: readonly string[]
  readonly pattern: RegExp
  /** Of the template: what says more goes first. */
  readonly weight: number
}

export interface Hit {
  readonly name: string
  readonly params: Readonly<Record<string, string>>
}

/** Finds the function of a request. A known path with another method is unknown, as in the real host. */
export function routesOf(
  functions: Iterable<Registered>,
  prefix: string,
): (method: string, path: string) => Hit | undefined {
  const routes = [...functions]
    .filter((fn) => triggerOf(fn).binding.type === 'httpTrigger')
    .map((fn) => routeOf(fn, prefix))
    .sort((a, b) => a.weight - b.weight)
  return (method, path) => {
    for (const { name, methods, pattern, keys } of routes) {
      const match = methods.includes(method) ? pattern.exec(path) : null
      if (match) return { name, params: paramsOf(keys, match) }
    }
    return undefined
  }
}

/** Templates of ASP.NET: literal, `{name}`, `{name?}`, `{name:constraint}` (not looked at), `{*rest}`. */
function routeOf(fn: Registered, prefix: string): Route {
  const { route, methods } = triggerOf(fn).binding
  const template = String(route ?? fn.name)
  const segments = [prefix, ...template.split('/')].filter((segment) => segment !== '')
  return {
    name: fn.name,
    methods: (methods as string[] | undefined)?.map((method) => method.toUpperCase()) ?? ['GET', 'POST'],
    keys: [...template.matchAll(/\{\*?([^}?:]+)/g)].map((match) => match[1] ?? ''),
    pattern: new RegExp(`^${segments.map(patternOf).join('')}/?$`, 'is'),
    weight: segments.reduce((sum, segment) => sum + weightOf(segment), 0),
  }
}

const PARAMETER = /^\{(\*?)[^}?:]+(?::[^}?]*)?(\?)?\}$/

function patternOf(segment: string): string {
  const [whole, rest, optional] = PARAMETER.exec(segment) ?? []
  if (whole === undefined) return `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`
  if (rest) return '(?:/(.*))?'
  return optional ? '(?:/([^/]+))?' : '/([^/]+)'
}

const weightOf = (segment: string): number =>
  segment.startsWith('{*') ? 100 : segment.startsWith('{') ? 1 : 0

function paramsOf(keys: readonly string[], match: RegExpExecArray): Record<string, string> {
  const pairs = keys.map((key, index) => [key, match[index + 1]] as const)
  const found = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined)
  return Object.fromEntries(found.map(([key, value]) => [key, unescaped(value)]))
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

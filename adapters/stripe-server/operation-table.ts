import { type Operation, type Params, StripeFailure } from './store.ts'

/** An operation that names its parameters: others are refused, as Stripe does. `a.b` names a field of `a`. */
export interface StrictOperation extends Operation {
  readonly accepts: readonly string[]
  readonly requires?: readonly string[]
}

export interface Found {
  readonly operation: Operation
  readonly path: Readonly<Record<string, string>>
}

/** Finds operations by method and path. A literal part wins over a named one. */
export function tableOf(
  operations: readonly Operation[],
): (method: string, path: string) => Found | undefined {
  const byShape = new Map<string, { operation: Operation; parts: string[] }[]>()
  for (const operation of operations) {
    const parts = operation.path.split('/')
    const shape = `${operation.method} ${parts.length}`
    byShape.set(shape, [...(byShape.get(shape) ?? []), { operation, parts }])
  }
  for (const entries of byShape.values()) entries.sort((a, b) => names(a.parts) - names(b.parts))
  return (method, path) => {
    const asked = path.split('/')
    for (const { operation, parts } of byShape.get(`${method} ${asked.length}`) ?? []) {
      const found = matched(parts, asked)
      if (found) return { operation, path: found }
    }
    return undefined
  }
}

/** Throws for parameters that the operation does not know, then for those it misses. */
export function checkParams(operation: Operation, params: Params): void {
  const { accepts, requires = [] } = operation as Partial<StrictOperation>
  if (!accepts) return
  const known = new Set([...accepts, 'expand'])
  for (const name of leavesOf(params)) if (!isKnown(known, name)) throw unknown(name)
  for (const name of requires) if (params[name] === undefined || params[name] === '') throw missing(name)
}

/** Stripe's answer where a required parameter is not there. */
export function missing(param: string): StripeFailure {
  const body = { type: 'invalid_request_error', code: 'parameter_missing', param }
  return new StripeFailure(400, body, `Missing required param: ${param}.`)
}

function unknown(name: string): StripeFailure {
  const [first, ...rest] = name.split('.')
  const param = [first, ...rest.map((part) => `[${part}]`)].join('')
  const body = { type: 'invalid_request_error', code: 'parameter_unknown', param }
  return new StripeFailure(400, body, `Received unknown parameter: ${param}`)
}

function leavesOf(params: Params, before = ''): string[] {
  return Object.entries(params).flatMap(([name, value]) => {
    const path = `${before}${name}`
    const all = Array.isArray(value) ? value : [value]
    return all.flatMap((each) =>
      typeof each === 'object' && !Array.isArray(each) ? leavesOf(each, `${path}.`) : [path],
    )
  })
}

// `metadata` covers `metadata.order`, and `recurring.interval` covers an emptied `recurring`.
function isKnown(known: ReadonlySet<string>, name: string): boolean {
  const parts = name.split('.')
  if (parts.some((_, index) => known.has(parts.slice(0, index + 1).join('.')))) return true
  return [...known].some((each) => each.startsWith(`${name}.`))
}

function names(parts: readonly string[]): number {
  return parts.filter((part) => part.startsWith(':')).length
}

function matched(parts: readonly string[], asked: readonly string[]): Record<string, string> | undefined {
  const path: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    const value = asked[index] ?? ''
    if (part.startsWith(':') && value) path[part.slice(1)] = value
    else if (part !== value) return undefined
  }
  return path
}

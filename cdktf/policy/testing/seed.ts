import { type Resource, resources, type Stack, type Values } from '../stack.ts'

/** A stack's JSON with one thing made wrong. */
export type Break = (stack: Stack) => Stack

/** That a rule can fail: what is broken, and the rule that must see it. */
export interface Seed {
  readonly rule: string
  readonly breaks: Break
}
export const seed = (rule: string, breaks: Break): Seed => ({ rule, breaks })

/** An expression of Terraform. */
export const ref = (expression: string): string => `\${${expression}}`

/** Takes a resource away: the first of a type whose id has these words. */
export const without =
  (type: string, id = ''): Break =>
  (stack) =>
    replaced(stack, find(stack, type, id), undefined)

/** Gives a field within a resource another value; `undefined` takes it away. The path goes through lists by their index. */
export const having =
  (type: string, id: string, path: string, value: unknown): Break =>
  (stack) => {
    const found = find(stack, type, id)
    return replaced(stack, found, put(found.values, path.split('.'), value) as Values)
  }

/** Changes words anywhere within a resource, in the JSON of a policy, too. */
export const saying =
  (type: string, id: string, from: string | RegExp, to: string): Break =>
  (stack) => {
    const found = find(stack, type, id)
    const before = JSON.stringify(found.values)
    const after = before.replace(from, to)
    if (after === before) throw new Error(`${found.address} does not say ${from}`)
    return replaced(stack, found, JSON.parse(after) as Values)
  }

/** Adds a resource. */
export const plus =
  (type: string, values: Values): Break =>
  (stack) =>
    replaced(stack, { address: `${type}.seed`, type, id: 'seed', values }, values)

/** Gives something else at the top of the stack another value. */
export const top =
  (path: string, value: unknown): Break =>
  (stack) => ({ ...stack, json: put(stack.json, path.split('.'), value) as Values })

function find(stack: Stack, type: string, id: string): Resource {
  const found = resources(stack, type).find((one) => one.id.includes(id))
  if (found === undefined) throw new Error(`${stack.place.stackId} has no ${type} with "${id}" in its id`)
  return found
}

const replaced = (stack: Stack, { type, id }: Resource, values: Values | undefined): Stack => ({
  ...stack,
  json: put(stack.json, ['resource', type, id], values) as Values,
})

function put(at: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  const inner = rest.length === 0 ? value : put((at as Values | undefined)?.[key] ?? {}, rest, value)
  if (Array.isArray(at)) return at.map((one, i) => (String(i) === key ? inner : one))
  const { [key]: _, ...others } = (at ?? {}) as Values
  return inner === undefined ? others : { ...others, [key]: inner }
}

import { awsAttribute } from './evaluate-aws.ts'
import { azureAttribute } from './evaluate-azure.ts'
import { gcpAttribute } from './evaluate-gcp.ts'
import { dataSources, type Resource, resources, type Stack, text } from './stack.ts'

const COMPUTED = { aws: awsAttribute, gcp: gcpAttribute, azure: azureAttribute }
const REFERENCE = /\$\{((?:data\.)?[a-z]\w*\.[\w-]+)\.(\w+)([^{}]*)\}/g

/**
 * A text with its expressions replaced by what they would be once applied: a literal of the stack, an ARN or id in the form
 * that the platform gives, else the expression's own words, which no other expression has. So two ways to name one thing
 * (a bucket's name written out, and a reference to it) become the same text.
 */
export function evaluated(stack: Stack, value: unknown): string {
  let now = text(value)
  for (let before = ''; before !== now; ) {
    before = now
    now = now.replace(REFERENCE, (_, address: string, attribute: string, rest: string) =>
      referenced(stack, address, { attribute, rest }),
    )
  }
  return now
}

/** As `evaluated`, in every text within a value. */
export function evaluatedDeep(stack: Stack, value: unknown): unknown {
  if (typeof value === 'string') return evaluated(stack, value)
  if (Array.isArray(value)) return value.map((one) => evaluatedDeep(stack, one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, evaluatedDeep(stack, one)]))
}

function referenced(
  stack: Stack,
  address: string,
  { attribute, rest }: { attribute: string; rest: string },
): string {
  const resource = indexOf(stack).get(address)
  const literal = rest === '' ? resource?.values[attribute] : undefined
  if (typeof literal === 'string') return literal
  const own = (name: string) => evaluated(stack, resource?.values[name])
  const made =
    resource === undefined
      ? undefined
      : COMPUTED[stack.place.cloud]({ resource, attribute, own, place: stack.place })
  return made ?? `<${address}.${attribute}${rest}>`
}

const indexes = new WeakMap<object, ReadonlyMap<string, Resource>>()

function indexOf(stack: Stack): ReadonlyMap<string, Resource> {
  const known = indexes.get(stack.json)
  if (known !== undefined) return known
  const all = [...resources(stack), ...dataSources(stack)]
  const index = new Map(all.map((resource) => [resource.address, resource]))
  indexes.set(stack.json, index)
  return index
}

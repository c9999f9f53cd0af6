import type { Param, Params } from '../store.ts'
import type { Metadata } from './objects.ts'
import { invalid } from './objects-in-store.ts'

const PAGING = ['limit', 'starting_after', 'ending_before', 'created']

/** Refuses parameters that the operation does not know, as Stripe does. */
export function allow(params: Params, known: readonly string[]): void {
  for (const name of Object.keys(params))
    if (name !== 'expand' && !known.includes(name))
      throw invalid(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name })
}
export const allowList = (params: Params, known: readonly string[] = []) =>
  allow(params, [...PAGING, ...known])

/** Text, undefined where it is not given or unset. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name]
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'string') throw invalid(`Invalid string: ${name}`, { param: name })
  return value
}

export function required(params: Params, name: string): string {
  const value = text(params, name)
  if (value !== undefined) return value
  throw invalid(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name })
}

export function integer(params: Params, name: string): number | undefined {
  const value = text(params, name)
  if (value === undefined) return undefined
  if (!/^-?\d{1,15}$/.test(value))
    throw invalid(`Invalid integer: ${value}`, { code: 'parameter_invalid_integer', param: name })
  return Number(value)
}

export function flag(params: Params, name: string): boolean | undefined {
  const value = text(params, name)
  if (value === undefined) return undefined
  if (value !== 'true' && value !== 'false') throw invalid(`Invalid boolean: ${value}`, { param: name })
  return value === 'true'
}

export function oneOf<const T extends string>(
  params: Params,
  name: string,
  words: readonly T[],
): T | undefined {
  const value = text(params, name)
  if (value === undefined) return undefined
  const word = words.find((known) => known === value)
  if (word === undefined)
    throw invalid(`Invalid ${name}: must be one of ${words.join(', ')}`, { param: name })
  return word
}

/** A hash. Undefined where it is not given or unset. */
export function hash(params: Params, name: string): Params | undefined {
  const value = params[name]
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' || Array.isArray(value)) throw invalid(`Invalid object`, { param: name })
  return value
}

/** An array of hashes, empty where it is not given. */
export function hashes(params: Params, name: string): Params[] {
  const value = params[name]
  if (value === undefined || value === '') return []
  if (!Array.isArray(value)) throw invalid(`Invalid array`, { param: name })
  return value.map((each) => {
    if (typeof each === 'string' || Array.isArray(each)) throw invalid(`Invalid object`, { param: name })
    return each
  })
}

/** Metadata after a change: what is sent is merged, an empty text removes its key, an empty hash all. */
export function metadataOf(params: Params, before: Metadata = {}): Metadata {
  const sent: Param | undefined = params.metadata
  if (sent === undefined) return before
  if (sent === '') return {}
  const merged: Record<string, string> = { ...before }
  for (const [key, value] of Object.entries(hash(params, 'metadata') ?? {}))
    if (value === '') delete merged[key]
    else merged[key] = String(value)
  return merged
}

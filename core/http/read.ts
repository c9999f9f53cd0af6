import * as z from 'zod/mini'
import { type FieldError, invalid } from './problem.ts'
import type { Schema } from './route.ts'

/** Checks a value against a schema; throws the 422 Problem that names each field and rule. `where` heads the field names. */
export function read<T>(schema: Schema<T>, value: unknown, where: 'body' | 'query' | 'params'): T {
  // Without `reportInput` an issue does not tell a missing field from one of the wrong type.
  const result = z.safeParse(schema, value, { reportInput: true })
  if (result.success) return result.data
  throw invalid(result.error.issues.slice(0, MAX_ERRORS).map((issue) => fieldError(issue, where)))
}

const MAX_ERRORS = 20

function fieldError(issue: z.core.$ZodIssue, where: string): FieldError {
  const field = [where, ...issue.path.map(String)].join('.')
  const rule = isMissing(issue) ? 'required' : (RULES[issue.code] ?? issue.code)
  return { field, rule, message: sentence(issue) }
}

const isMissing = (issue: z.core.$ZodIssue) => issue.code === 'invalid_type' && issue.input === undefined

const RULES: Partial<Record<string, string>> = {
  invalid_type: 'type',
  too_big: 'too_large',
  too_small: 'too_small',
  invalid_format: 'format',
  unrecognized_keys: 'unknown_field',
  invalid_value: 'one_of',
  custom: 'rule',
}

/** Written by us and not by the library: zod/mini ships no texts, and a locale costs 4 kB in every bundle. */
function sentence(issue: z.core.$ZodIssue): string {
  if (issue.message && issue.message !== 'Invalid input') return issue.message
  switch (issue.code) {
    case 'invalid_type':
      if (isMissing(issue)) return 'is required'
      return issue.expected === 'int' ? 'must be a whole number' : `must be of type ${issue.expected}`
    case 'too_big':
      return `may be ${issue.maximum}${unit(issue.origin)} at most`
    case 'too_small':
      return `must be at least ${issue.minimum}${unit(issue.origin)}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'unrecognized_keys':
      return `has unknown fields: ${issue.keys.join(', ').slice(0, 200)}`
    default:
      return 'has the wrong form'
  }
}

const unit = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '')

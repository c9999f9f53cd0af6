import * as z from 'zod'
import type { StackOutputs } from '../../cdktf/shared/outputs.ts'
import { Refused } from './shell.ts'

const Fn = z.object({
  kind: z.enum(['http', 'on', 'cron']),
  name: z.string(),
  twin: z.string().optional(),
  version: z.string().optional(),
})
const Outputs = z.object({
  origin: z.string(),
  imageRepository: z.string(),
  functions: z.record(z.string(), Fn),
  secrets: z.record(z.string(), z.string()),
  pages: z.string(),
  edge: z.string(),
})

const Told = z.record(z.string(), z.object({ value: z.unknown() }))

/** The values that `terraform output -json` tells, by name. */
export function toldValues(stdout: string): Readonly<Record<string, unknown>> {
  const told = Told.parse(JSON.parse(stdout))
  return Object.fromEntries(Object.entries(told).map(([name, { value }]) => [name, value]))
}

/** What an applied stack tells. Throws `Refused` where it was not applied as a whole. */
export function readOutputs(stdout: string): StackOutputs {
  const read = Outputs.safeParse(toldValues(stdout))
  if (read.success) return read.data as StackOutputs
  const fields = [...new Set(read.error.issues.map(({ path }) => String(path[0] ?? '')))].join(', ')
  throw new Refused(
    `the stack tells no ${fields}: it has not been applied as a whole`,
    'Deploy it: npm run deploy',
  )
}

/**
 * What the stack will tell, as far as its own text says it: names that are written down are resolved, those that a cloud
 * makes stay as `<aws_lambda_function.x.version>`. For a dry run.
 */
export function assumedOutputs(stackJson: string): StackOutputs {
  const stack = JSON.parse(stackJson) as Stack
  const values = Object.entries(stack.output ?? {}).map(([name, { value }]) => [name, resolved(value, stack)])
  return { ...UNTOLD, ...Object.fromEntries(values) }
}

const UNTOLD: StackOutputs = {
  ...{ origin: '<origin>', imageRepository: '<imageRepository>', pages: '<pages>', edge: '<edge>' },
  ...{ functions: {}, secrets: {} },
}

interface Stack {
  readonly output?: Readonly<Record<string, { readonly value: unknown }>>
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>
}

function resolved(value: unknown, stack: Stack): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, stack))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner, stack)]))
  if (typeof value !== 'string') return value
  return value.replace(/\$\{([^{}]+)\}/g, (_, expression: string) => literal(expression, stack))
}

function literal(expression: string, { resource = {} }: Stack): string {
  const [type = '', name = '', attribute = ''] = expression.split('.')
  const written = resource[type]?.[name]?.[attribute]
  return typeof written === 'string' && !written.includes('${') ? written : `<${expression}>`
}

import type { Cloud } from '../shared/environment.ts'
import type { Place } from '../shared/place.ts'
import type { PlannedFunction } from '../shared/plan.ts'

export type Values = Readonly<Record<string, unknown>>

/** A synthesized stack as Terraform reads it, and what it was made from. */
export interface Stack {
  readonly place: Place
  readonly plan: readonly PlannedFunction[]
  readonly json: Values
}

export interface Resource {
  /** `aws_sqs_queue.queue-mail`, or `data.aws_iam_policy_document.mail`. */
  readonly address: string
  readonly type: string
  readonly id: string
  readonly values: Values
}

/** A rule that a stack breaks, and where. */
export interface Finding {
  readonly address: string
  readonly says: string
}

/** One thing that holds in every stack of some clouds. It is tested by a stack that breaks it. */
export interface Rule {
  readonly name: string
  readonly on: readonly Cloud[]
  readonly find: (stack: Stack) => readonly Finding[]
}

/** Every managed resource of a type, or of all types. */
export const resources = (stack: Stack, type?: string): readonly Resource[] =>
  listed(stack.json.resource, type, '')

/** Every data source of a type. */
export const dataSources = (stack: Stack, type?: string): readonly Resource[] =>
  listed(stack.json.data, type, 'data.')

function listed(group: unknown, only: string | undefined, before: string): readonly Resource[] {
  return Object.entries(record(group))
    .filter(([type]) => only === undefined || type === only)
    .flatMap(([type, byId]) =>
      Object.entries(record(byId)).map(([id, values]) => ({
        address: `${before}${type}.${id}`,
        ...{ type, id, values: record(values) },
      })),
    )
}

/** The resource or data source that an expression names: `${aws_iam_role.mail.arn}` and longer ones. */
export function named(stack: Stack, expression: unknown): Resource | undefined {
  const [, data, type = '', id = ''] = /\$\{.*?\b(data\.)?([a-z]\w+)\.([\w-]+)/.exec(text(expression)) ?? []
  const all = data === undefined ? resources(stack, type) : dataSources(stack, type)
  return all.find((resource) => resource.id === id)
}

/** Whether one of the values of `resource`, however deep, has an expression that names `other`. */
export const mentions = (resource: Resource, other: Resource): boolean =>
  new RegExp(`\\b${other.address.replaceAll('.', '\\.')}(?![\\w-])`).test(JSON.stringify(resource.values))

/** Blocks are written as a list or, where there is only one, as the block itself. */
export const blocks = (values: Values, name: string): readonly Values[] =>
  (Array.isArray(values[name]) ? values[name] : values[name] === undefined ? [] : [values[name]]).map(record)

/** The first block of a name, then the first of the next name within it; `{}` where there is none. */
export const inner = (values: Values, ...names: readonly string[]): Values =>
  names.reduce((at, name) => blocks(at, name)[0] ?? {}, values)

export const record = (value: unknown): Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {}
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]
export const number = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)

/** A finding for each resource that does not hold what it should. */
export const unless = (
  all: readonly Resource[],
  holds: (resource: Resource) => boolean,
  says: string,
): readonly Finding[] => all.filter((one) => !holds(one)).map(({ address }) => ({ address, says }))

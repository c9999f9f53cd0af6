import { evaluated, evaluatedDeep } from './evaluate.ts'
import {
  blocks,
  dataSources,
  list,
  named,
  type Resource,
  record,
  resources,
  type Stack,
  text,
  type Values,
} from './stack.ts'

/** One sentence of a policy of AWS, evaluated. */
export interface Statement {
  readonly sid: string
  readonly effect: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly principals: readonly string[]
  readonly hasCondition: boolean
}

/** A policy that cannot be read is none that can be judged. */
export class PolicyUnreadable extends Error {
  override readonly name = 'PolicyUnreadable'
}

/** Types of resources with a policy, and the argument that it is in. */
const POLICIES: Readonly<Record<string, string>> = {
  aws_cloudwatch_event_bus_policy: 'policy',
  aws_cloudwatch_log_resource_policy: 'policy_document',
  aws_ecr_repository_policy: 'policy',
  aws_iam_policy: 'policy',
  aws_iam_role: 'assume_role_policy',
  aws_iam_role_policy: 'policy',
  aws_kms_key: 'policy',
  aws_s3_bucket_policy: 'policy',
  aws_secretsmanager_secret_policy: 'policy',
  aws_sns_topic_policy: 'policy',
  aws_sqs_queue: 'policy',
  aws_sqs_queue_policy: 'policy',
}

/** Every policy of a stack with its statements. */
export const policies = (
  stack: Stack,
): readonly { readonly resource: Resource; readonly statements: readonly Statement[] }[] =>
  Object.entries(POLICIES).flatMap(([type, argument]) =>
    resources(stack, type)
      .filter(({ values }) => values[argument] !== undefined)
      .map((resource) => ({ resource, statements: statementsIn(stack, resource.values[argument]) })),
  )

/** What a role is allowed by policies of its own. Throws where it has others, which nobody here could read. */
export function allowedTo(stack: Stack, roleArn: string): readonly Statement[] {
  const role = resources(stack, 'aws_iam_role').find(
    ({ address }) => evaluated(stack, ref(address)) === roleArn,
  )
  if (role === undefined) return []
  const isOf = ({ values }: Resource) => named(stack, values.role)?.address === role.address
  const attached = resources(stack, 'aws_iam_role_policy_attachment').filter(isOf)
  const foreign = attached.filter(({ values }) => named(stack, values.policy_arn)?.type !== 'aws_iam_policy')
  if (foreign.length > 0 || role.values.managed_policy_arns !== undefined)
    throw new PolicyUnreadable(
      `${role.address} has a policy of AWS's own: its permissions are not in the stack`,
    )
  const shared = attached.flatMap(({ values }) => named(stack, values.policy_arn) ?? [])
  const own = resources(stack, 'aws_iam_role_policy').filter(isOf)
  const inline = blocks(role.values, 'inline_policy').map(({ policy }) => policy)
  return [...[...own, ...shared].map(({ values }) => values.policy), ...inline]
    .flatMap((policy) => statementsIn(stack, policy))
    .filter(({ effect }) => effect === 'Allow')
}

const ref = (address: string) => `\${${address}.arn}`

function statementsIn(stack: Stack, policy: unknown): readonly Statement[] {
  const source = named(stack, policy)
  if (source?.type === 'aws_iam_policy_document' && dataSources(stack).includes(source))
    return blocks(source.values, 'statement').map((one) =>
      statementOf(record(evaluatedDeep(stack, one)), LOWER),
    )
  const document = parsed(text(policy))
  return blocks(document, 'Statement').map((one) => statementOf(record(evaluatedDeep(stack, one)), UPPER))
}

function parsed(policy: string): Values {
  try {
    return record(JSON.parse(policy))
  } catch (cause) {
    throw new PolicyUnreadable(`a policy is no JSON: ${policy.slice(0, 80)}`, { cause })
  }
}

const UPPER = ['Sid', 'Effect', 'Action', 'Resource', 'Principal', 'Condition'] as const
const LOWER = ['sid', 'effect', 'actions', 'resources', 'principals', 'condition'] as const

function statementOf(
  values: Values,
  [sid, effect, actions, on, principals, condition]: readonly [
    string,
    string,
    string,
    string,
    string,
    string,
  ],
): Statement {
  const inverse = Object.keys(values).find((name) => /^not_?[a-z]/i.test(name))
  if (inverse !== undefined)
    throw new PolicyUnreadable(`${text(values[sid])} says ${inverse}: what it allows cannot be listed`)
  return {
    sid: text(values[sid]),
    effect: text(values[effect]) || 'Allow',
    actions: list(values[actions]).map(text),
    resources: list(values[on]).map(text),
    principals: principalsOf(values[principals]),
    hasCondition: values[condition] !== undefined,
  }
}

const principalsOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(record(value)).flatMap((one) => list(one).map(text))

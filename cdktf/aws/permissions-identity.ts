import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js'
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import { nameFor } from '../shared/names.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** One sentence of a policy, as IAM writes it. */
export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A policy document. */
export const policyOf = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

export interface Identity {
  readonly role: IamRole
  /** What must be there before a service is told to act in the role's name: it tries at once. */
  readonly policy: IamRolePolicy
}

export interface IdentityOptions {
  /** End of the role's name, and of its address. */
  readonly short: string
  /** Who may act in this role: `lambda.amazonaws.com`. */
  readonly service: string
  readonly statements: readonly Statement[]
}

/** A role of its own with exactly these permissions, which its service takes on for this account alone. */
export function makeIdentity(stack: SkyreelStack, { short, service, statements }: IdentityOptions): Identity {
  const role = new IamRole(stack, `role-${short}`, {
    name: nameFor(stack.place, 'iamRole', short),
    assumeRolePolicy: trust(service, stack.place.environment.aws.accountId),
  })
  const policy = new IamRolePolicy(stack, `policy-${short}`, {
    name: short,
    role: role.id,
    policy: policyOf(statements),
  })
  return { role, policy }
}

/** Lambda tells no source when it takes on a role, the others do: without it they could be used by another's account. */
function trust(service: string, account: string): string {
  const asked = service === LAMBDA ? {} : { Condition: { StringEquals: { 'aws:SourceAccount': account } } }
  const statement = {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['sts:AssumeRole'],
    ...asked,
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

export const LAMBDA = 'lambda.amazonaws.com'
export const TASKS = 'ecs-tasks.amazonaws.com'
export const SCHEDULER = 'scheduler.amazonaws.com'

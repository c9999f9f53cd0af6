import { WIDE_GRANTS as AWS } from '../aws/permissions.ts'
import { WIDE_GRANTS as GCP } from '../gcp/permissions.ts'
import { azureGrants } from './grants-azure.ts'
import { gcpGrants } from './grants-gcp.ts'
import { blocks, list, type Rule, resources, text } from './stack.ts'
import { policies } from './statements-aws.ts'

interface Reasoned {
  readonly id: string
  readonly reason: string
}

/** No action that is all actions; nothing on all resources, a project or a subscription without a written reason. */
export const WIDE_GRANT_RULES: readonly Rule[] = [
  {
    name: 'no policy allows every action',
    on: ['aws'],
    find: (stack) =>
      allowed(stack).flatMap(({ address, statement: { actions } }) =>
        actions
          .filter((action) => action.includes('*'))
          .map((action) => ({ address, says: `allows ${action}` })),
      ),
  },
  {
    name: 'no policy is about every resource without a written reason',
    on: ['aws'],
    find: (stack) =>
      allowed(stack)
        .filter(({ statement: { resources: on, sid } }) => on.some(isWide) && !reasoned(AWS, sid))
        .map(({ address, statement: { sid } }) => ({ address, says: `${sid} is about every resource` })),
  },
  {
    name: 'no grant on the project without a written reason',
    on: ['gcp'],
    find: (stack) =>
      gcpGrants(stack)
        .filter(
          ({ kind, resource: { id } }) => /^(project|folder|organization)$/.test(kind) && !reasoned(GCP, id),
        )
        .map(({ resource: { address }, role }) => ({ address, says: `grants ${role} on the whole project` })),
  },
  {
    name: 'no reason is kept for a grant that is gone',
    on: ['aws', 'gcp'],
    find: (stack) => {
      const [grants, ids] =
        stack.place.cloud === 'aws'
          ? [AWS, allowed(stack).map(({ statement }) => statement.sid)]
          : [GCP, gcpGrants(stack).map(({ resource }) => resource.id)]
      return grants
        .filter(({ id }) => !ids.includes(id))
        .map(({ id }) => ({ address: id, says: 'is in WIDE_GRANTS and in no policy' }))
    },
  },
  {
    name: 'no role of Google that is as good as owner',
    on: ['gcp'],
    find: (stack) =>
      gcpGrants(stack)
        .filter(({ role }) => /^roles\/(owner|editor|viewer)$|[aA]dmin$/.test(role))
        .map(({ resource: { address }, role }) => ({ address, says: `grants ${role}` })),
  },
  {
    name: 'no role of ours allows every action',
    on: ['azure'],
    find: (stack) =>
      resources(stack, 'azurerm_role_definition').flatMap(({ address, values }) =>
        blocks(values, 'permissions')
          .flatMap(({ actions, data_actions }) => [...list(actions), ...list(data_actions)].map(text))
          .filter((action) => action.includes('*'))
          .map((action) => ({ address, says: `allows ${action}` })),
      ),
  },
  {
    name: 'no assignment is wider than one resource',
    on: ['azure'],
    find: (stack) =>
      azureGrants(stack)
        .filter(({ scope }) => !/\/resourceGroups\/[^/]+\/providers\/./.test(scope))
        .map(({ resource: { address }, scope }) => ({ address, says: `is granted on ${scope}` })),
  },
  {
    name: 'no role of Azure that is as good as owner',
    on: ['azure'],
    find: (stack) =>
      azureGrants(stack)
        .filter(({ role }) => /^(Owner|Contributor|User Access Administrator)$/.test(role))
        .map(({ resource: { address }, role }) => ({ address, says: `grants ${role}` })),
  },
]

const reasoned = (grants: readonly Reasoned[], id: string): boolean =>
  grants.some((grant) => grant.id === id && grant.reason.split(' ').length >= 5)

/** `*`, and an ARN that ends in nothing but `*` for a resource. */
const isWide = (arn: string): boolean => /^(\*|arn:[^/]*:\*)$/.test(arn)

/** Of policies that bound what a bucket or queue is asked, only the sentences that open something. */
const allowed = (stack: Parameters<Rule['find']>[0]) =>
  policies(stack).flatMap(({ resource: { address }, statements }) =>
    statements.filter(({ effect }) => effect === 'Allow').map((statement) => ({ address, statement })),
  )

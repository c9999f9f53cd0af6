import { blocks, inner, type Resource, type Rule, resources, type Stack, unless } from './stack.ts'

/** Ways in beside the gateway and the CDN. */
export const DOOR_RULES: readonly Rule[] = [
  {
    name: 'nothing can be called from the internet beside the gateway and the CDN',
    on: ['aws'],
    find: (stack) => [
      ...unless(
        resources(stack, 'aws_lambda_function_url'),
        ({ values }) => values.authorization_type === 'AWS_IAM',
        'answers everybody',
      ),
      ...unless(groups(stack), ({ values }) => blocks(values, 'ingress').length === 0, 'lets connections in'),
      ...unless(rulesOfGroups(stack), () => false, 'lets connections in'),
    ],
  },
  {
    name: 'whoever brings events or starts schedules signs in',
    on: ['gcp'],
    find: (stack) => [
      ...unless(
        resources(stack, 'google_pubsub_subscription').filter(
          ({ values }) => values.push_config !== undefined,
        ),
        ({ values }) => isSigned(inner(values, 'push_config')),
        'pushes without a sign-in',
      ),
      ...unless(
        resources(stack, 'google_cloud_scheduler_job'),
        ({ values }) => isSigned(inner(values, 'http_target')),
        'calls without a sign-in',
      ),
    ],
  },
]

const groups = (stack: Stack): readonly Resource[] =>
  ['aws_security_group', 'aws_default_security_group'].flatMap((type) => resources(stack, type))

/** Container jobs open connections and take none. */
const rulesOfGroups = (stack: Stack): readonly Resource[] => [
  ...resources(stack, 'aws_vpc_security_group_ingress_rule'),
  ...resources(stack, 'aws_security_group_rule').filter(({ values }) => values.type === 'ingress'),
]

const isSigned = (call: Resource['values']): boolean =>
  inner(call, 'oidc_token').service_account_email !== undefined

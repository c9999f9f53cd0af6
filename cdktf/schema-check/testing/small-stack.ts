/** A stack of few resources that nothing is wrong with. A mistake is put on top: objects are joined, all else is replaced. */
export function smallStack(mistake: object = {}): string {
  return JSON.stringify(joined(RIGHT, mistake))
}

/** An expression of Terraform. */
export const ref = (expression: string): string => `\${${expression}}`
const ZIP = `${ref('path.module')}/../../../aws/code.zip`

const RIGHT = {
  terraform: {
    required_providers: {
      aws: { source: 'hashicorp/aws', version: '6.25.0' },
      azurerm: { source: 'hashicorp/azurerm', version: '4.55.0' },
      azapi: { source: 'Azure/azapi', version: '2.5.0' },
    },
    backend: { s3: { bucket: 'state', key: 'small.tfstate', region: 'eu-central-1' } },
  },
  provider: {
    aws: [{ region: 'eu-central-1' }],
    azurerm: [{ features: [{}] }],
    azapi: [{}],
  },
  variable: { key: { type: 'string', ephemeral: true } },
  data: { aws_ssm_parameter: { key: { name: '/cdn/key' } } },
  resource: {
    aws_iam_role: { role: { name: 'role', assume_role_policy: '{}' } },
    aws_sqs_queue: { queue: { name: 'queue', visibility_timeout_seconds: 180 } },
    aws_lambda_function: {
      code: {
        function_name: 'code',
        role: ref('aws_iam_role.role.arn'),
        runtime: 'nodejs24.x',
        filename: ZIP,
        source_code_hash: ref(`filebase64sha256("${ZIP}")`),
        environment: { variables: { KEY: ref('data.aws_ssm_parameter.key.value') } },
      },
    },
    aws_secretsmanager_secret: { secret: { name: 'secret' } },
    aws_secretsmanager_secret_version: {
      value: {
        secret_id: ref('aws_secretsmanager_secret.secret.id'),
        secret_string_wo: ref('var.key'),
        secret_string_wo_version: 1,
      },
    },
    azurerm_resource_group: { group: { name: 'group', location: 'westeurope' } },
    azapi_resource: {
      site: {
        type: 'Microsoft.Web/sites@2024-04-01',
        name: 'site',
        parent_id: ref('azurerm_resource_group.group.id'),
        body: { properties: { httpsOnly: true } },
      },
    },
  },
  output: { site: { value: ref('azapi_resource.site.output.properties.defaultHostName') } },
} as const

function joined(right: unknown, mistake: unknown): unknown {
  if (!isObject(right) || !isObject(mistake)) return mistake
  const all = new Set([...Object.keys(right), ...Object.keys(mistake)])
  const entries = [...all].map((key) => [key, key in mistake ? joined(right[key], mistake[key]) : right[key]])
  // A field that a mistake takes away is `undefined`: JSON leaves it out.
  return Object.fromEntries(entries)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

import { dataSources, type Resource, type Rule, record, resources, type Stack } from './stack.ts'

const ALL = ['aws', 'gcp', 'azure'] as const

/** Types that put a secret's value into the state, or read it from there. */
const VALUES = new Set([
  ...['aws_secretsmanager_secret_version', 'aws_ssm_parameter', 'aws_iam_access_key'],
  ...[
    'google_secret_manager_secret_version',
    'google_service_account_key',
    'google_compute_backend_bucket_signed_url_key',
  ],
  ...[
    'azurerm_key_vault_secret',
    'azurerm_key_vault_certificate',
    'azurerm_storage_account_sas',
    'random_password',
    'tls_private_key',
  ],
])

/** A parameter of the Systems Manager is read for the public half of the CDN's key. */
const READ_ALL_THE_SAME = new Set(['aws_ssm_parameter'])

/** What keys look like, whoever made them. */
const KEYS: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a key of AWS', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a key of Google', /\bAIza[\w-]{35}\b/],
  ['a key of a storage account', /(AccountKey|SharedAccessKey)=(?!\$\{)[A-Za-z0-9+/]{20,}/],
  ['a password in a URL', /\b[a-z]+:\/\/[^/\s:@"$]+:[^/\s@"$]+@/],
  ['a token of a Git host', /\bgh[pousr]_[A-Za-z0-9]{30,}\b/],
]

/** Attributes of a resource that are secrets: an expression that names one is as bad as the secret itself. */
const SECRET_ATTRIBUTES =
  /\$\{[^}]*\.(primary_access_key|secondary_access_key|primary_connection_string|primary_blob_connection_string|admin_password|secret_string|private_key|private_key_pem|instrumentation_key_secret|secret_data|primary_shared_key)\b/

const KEY_LIKE_NAME =
  /(PASSWORD|PASSWD|_SECRET|_TOKEN|ACCESS_KEY|PRIVATE_KEY|API_KEY|CONNECTION_STRING|DATABASE_URL|STORAGE_KEY|BUS_KEY)$/

/** No value of a secret in the stack, and none that Terraform would put into its state. */
export const PLAIN_SECRET_RULES: readonly Rule[] = [
  {
    name: 'nothing in the stack looks like a key',
    on: ALL,
    find: (stack) =>
      everything(stack).flatMap(({ address, values }) => {
        const written = JSON.stringify(values)
        return KEYS.filter(([, looks]) => looks.test(written)).map(([what]) => ({
          address,
          says: `holds ${what}`,
        }))
      }),
  },
  {
    name: 'no value of a secret passes through the state',
    on: ALL,
    find: (stack) =>
      everything(stack)
        .filter(
          ({ type, address }) =>
            VALUES.has(type) && !(address.startsWith('data.') && READ_ALL_THE_SAME.has(type)),
        )
        .map(({ address }) => ({ address, says: 'puts the value of a secret into the state' })),
  },
  {
    name: 'no expression takes the secret of a resource to where it can be read',
    on: ALL,
    find: (stack) =>
      everything(stack)
        .filter(({ values }) => SECRET_ATTRIBUTES.test(JSON.stringify(values)))
        .map(({ address }) => ({ address, says: 'names a secret attribute of another resource' })),
  },
  {
    name: 'no variable of a function is named like a secret',
    on: ALL,
    find: (stack) =>
      everything(stack).flatMap(({ address, values }) =>
        variableNames(values)
          .filter((name) => KEY_LIKE_NAME.test(name) && !isAddress(name, stack))
          .map((name) => ({
            address,
            says: `has the variable ${name}: a secret's name belongs there, not the secret`,
          })),
      ),
  },
]

/**
 * The Functions host reads where its telemetry goes from a variable of this name. With local authentication switched off the
 * string opens nothing: it is an address, and an identity's token is what lets in.
 */
function isAddress(name: string, stack: Stack): boolean {
  const insights = resources(stack).filter(({ type }) => type === 'azurerm_application_insights')
  return (
    name === 'APPLICATIONINSIGHTS_CONNECTION_STRING' &&
    insights.length > 0 &&
    insights.every(({ values }) => values.local_authentication_disabled === true)
  )
}

/** Resources, data sources, outputs, variables and providers. */
function everything(stack: Stack): readonly Resource[] {
  const others = ['output', 'variable', 'provider', 'locals'].map((id) => ({
    ...{ address: id, type: id, id },
    values: { of: record(stack.json)[id] ?? {} },
  }))
  return [...resources(stack), ...dataSources(stack), ...others]
}

/** Keys of what is called `variables`, and names in lists of name and value, in text of JSON, too. */
function variableNames(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return [...value.matchAll(/"name":"([A-Z][A-Z0-9_]+)"/g)].map(([, name = '']) => name)
  if (Array.isArray(value)) return value.flatMap(variableNames)
  if (typeof value !== 'object' || value === null) return []
  const own = 'name' in value && 'value' in value ? [String(value.name)] : []
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, one]) =>
      key === 'variables' ? Object.keys(record(one)) : variableNames(one),
    ),
  ]
}

import type { Attribute, Block, NestedBlock, ProviderSchemas, TerraformType } from './block.ts'

// No package of bindings exists for azapi, so its schemas are written here, from its documentation:
// https://registry.terraform.io/providers/Azure/azapi/latest/docs

const STRINGS = ['list', 'string'] as const
const MAP = ['map', 'string'] as const
const QUERY = ['map', STRINGS] as const

const may = (type: TerraformType, ...names: string[]): Attribute[] =>
  names.map((name) => ({ name, type, optional: true, computed: true }))
const must = (...names: string[]): Attribute[] =>
  names.map((name) => ({ name, type: 'string', required: true }))
const told = (type: TerraformType, ...names: string[]): Attribute[] =>
  names.map((name) => ({ name, type, computed: true }))

const block = (attributes: readonly Attribute[], blocks: readonly NestedBlock[] = []): Block => ({
  attributes,
  blocks,
})

const timeouts: NestedBlock = {
  name: 'timeouts',
  nesting: 'single',
  required: false,
  single: true,
  block: block(may('string', 'create', 'read', 'update', 'delete')),
}
const identity: NestedBlock = {
  name: 'identity',
  nesting: 'list',
  required: false,
  single: true,
  block: block([
    ...must('type'),
    ...may(STRINGS, 'identity_ids'),
    ...told('string', 'principal_id', 'tenant_id'),
  ]),
}

const request = [
  ...may('dynamic', 'body', 'response_export_values', 'retry'),
  ...may(STRINGS, 'locks'),
  ...told('dynamic', 'output'),
  ...told('string', 'id'),
]
const headers = [
  ...may(MAP, 'create_headers', 'read_headers', 'update_headers', 'delete_headers'),
  ...may(
    QUERY,
    'create_query_parameters',
    'read_query_parameters',
    'update_query_parameters',
    'delete_query_parameters',
  ),
]
const sensitive: Attribute[] = [
  { name: 'sensitive_body', type: 'dynamic', optional: true, writeOnly: true },
  ...may(MAP, 'sensitive_body_version'),
]

const resource = block(
  [
    ...must('type'),
    ...may('string', 'name', 'parent_id', 'location'),
    ...may('dynamic', 'replace_triggers_external_values'),
    ...may(STRINGS, 'replace_triggers_refs', 'ignore_other_items_in_list'),
    ...may('bool', 'ignore_casing', 'ignore_missing_property', 'ignore_null_property'),
    ...may('bool', 'schema_validation_enabled'),
    ...may(MAP, 'tags', 'list_unique_id_property'),
    ...[...request, ...headers, ...sensitive],
  ],
  [identity, timeouts],
)

const update = block(
  [
    ...must('type'),
    ...may('string', 'name', 'parent_id', 'resource_id'),
    ...may('bool', 'ignore_casing', 'ignore_missing_property'),
    ...[...request, ...headers, ...sensitive],
  ],
  [timeouts],
)

const action = block(
  [
    ...must('type', 'resource_id'),
    ...may('string', 'action', 'method', 'when'),
    ...may('bool', 'ignore_not_found'),
    ...may(MAP, 'headers'),
    ...may(QUERY, 'query_parameters'),
    ...may('dynamic', 'sensitive_response_export_values'),
    ...told('dynamic', 'sensitive_output'),
    ...told('bool', 'exist'),
    ...request,
  ],
  [timeouts],
)

const found = block(
  [
    ...must('type'),
    ...may('string', 'name', 'parent_id', 'resource_id'),
    ...may('dynamic', 'response_export_values', 'retry'),
    ...told('dynamic', 'output', 'identity'),
    ...told('string', 'id', 'location'),
    ...told(MAP, 'tags'),
  ],
  [timeouts],
)

const provider = block([
  ...may('string', 'client_id', 'default_location', 'default_name', 'environment', 'partner_id'),
  ...may('string', 'oidc_request_token', 'oidc_request_url', 'oidc_token', 'oidc_token_file_path'),
  ...may('string', 'subscription_id', 'tenant_id'),
  ...may('bool', 'skip_provider_registration', 'use_cli', 'use_msi', 'use_oidc'),
  ...may('bool', 'disable_correlation_request_id', 'disable_terraform_partner_id'),
  ...may(MAP, 'default_tags'),
  ...may('dynamic', 'endpoint'),
])

export const AZAPI: ProviderSchemas = {
  provider,
  resources: { azapi_resource: resource, azapi_update_resource: update, azapi_resource_action: action },
  dataSources: {
    azapi_resource: found,
    azapi_client_config: block(told('string', 'id', 'object_id', 'subscription_id', 'tenant_id')),
  },
}

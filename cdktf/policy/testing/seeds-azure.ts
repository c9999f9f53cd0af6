import { having, plus, type Seed, saying, seed, without } from './seed.ts'

const SITE = 'Microsoft.Web/sites@2024-04-01'

/** One broken stack, at least, for each rule of Azure. */
export const SEEDS_AZURE: readonly Seed[] = [
  seed(
    'every function and job of the plan is deployed once, and every API on Azure as a pair',
    without('azapi_resource', 'video-api-a'),
  ),
  seed('nothing is deployed that is not in the plan', plus('azapi_resource', { type: SITE, name: 'miner' })),
  seed(
    'every function and job has one identity of its own',
    saying('azurerm_container_app_job', 'transcode', /"identity_ids":\[[^\]]*\]/, '"identity_ids":[]'),
  ),
  seed(
    'instances are bounded where the manifest says so',
    saying('azapi_resource', 'thumbnails', /"maximumInstanceCount":\d+/, '"maximumInstanceCount":1000'),
  ),
  seed(
    'no function keeps an instance while nobody calls',
    saying(
      'azapi_resource',
      'video-api-a',
      /"alwaysReady":\[\]/,
      '"alwaysReady":[{"name":"http","instanceCount":1}]',
    ),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    saying('azurerm_role_definition', 'remove-objects', 'blobs/delete', 'blobs/write'),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    saying('azurerm_role_assignment', 'identity-api', 'role_definition_name', 'role_definition'),
  ),
  seed(
    'no variable of a function is named like a secret',
    having('azurerm_application_insights', 'insights', 'local_authentication_disabled', false),
  ),
  seed(
    'no role of ours allows every action',
    plus('azurerm_role_definition', { permissions: [{ actions: ['*'] }] }),
  ),
  seed(
    'no assignment is wider than one resource',
    plus('azurerm_role_assignment', { scope: '/subscriptions/x', role_definition_name: 'AcrPull' }),
  ),
  seed(
    'no role of Azure that is as good as owner',
    plus('azurerm_role_assignment', { scope: '/subscriptions/x', role_definition_name: 'Contributor' }),
  ),
  seed(
    'no blob can be made public',
    having('azurerm_storage_account', 'data', 'allow_nested_items_to_be_public', undefined),
  ),
  seed(
    'every container is private',
    having('azurerm_storage_container', 'bucket', 'container_access_type', 'blob'),
  ),
  seed(
    'stores and registries that need no keys take none',
    having('azurerm_container_registry', '', 'admin_enabled', true),
  ),
  seed(
    'every key of a key service is renewed by it, at least once a year',
    saying('azapi_resource_action', 'films-key', 'timeAfterCreate', 'timeBeforeExpiry'),
  ),
  seed(
    'each function and job has exactly the permissions that its manifest names',
    saying('azurerm_role_assignment', 'may-drm-license-unwrap', 'role-unwrap', 'role-wrap'),
  ),
  seed('no site takes a password for its code', plus('azapi_resource', { type: SITE, name: 'x' })),
  seed(
    'stores speak TLS 1.2 or newer',
    having('azurerm_storage_account', 'data', 'min_tls_version', 'TLS1_0'),
  ),
  seed('sites speak TLS 1.2 or newer', plus('azapi_resource', { type: SITE, name: 'x' })),
  seed(
    'Front Door speaks TLS to clients and to origins',
    having('azurerm_cdn_frontdoor_route', '', 'forwarding_protocol', 'MatchRequest'),
  ),
  seed(
    'nothing in the stack looks like a key',
    plus('azurerm_storage_queue', { name: `AccountKey=${'x'.repeat(40)}` }),
  ),
  seed('no value of a secret passes through the state', plus('azurerm_key_vault_secret', { value: 'x' })),
  seed(
    'no expression takes the secret of a resource to where it can be read',
    plus('azurerm_storage_queue', { name: `\${azurerm_storage_account.data.primary_access_key}` }),
  ),
  seed(
    'no variable of a function is named like a secret',
    plus('azapi_resource', { body: { appSettings: [{ name: 'SKYREEL_BUS_KEY', value: 'x' }] } }),
  ),
  seed(
    'every consumer has a queue and a queue for poison',
    without('azurerm_storage_queue', 'thumbnails-poison'),
  ),
  seed(
    'every event subscription keeps what it could not hand over',
    having('azurerm_eventgrid_event_subscription', '', 'storage_blob_dead_letter_destination', undefined),
  ),
  seed(
    'the platform gives each function and job at least its own time',
    having('azurerm_container_app_job', 'transcode', 'replica_timeout_in_seconds', 60),
  ),
  seed(
    'every route of every API leads to that API',
    having('azurerm_cdn_frontdoor_route', 'video-api', 'patterns_to_match', ['/other']),
  ),
  seed(
    'logs are kept as long as the config says',
    having('azurerm_log_analytics_workspace', '', 'retention_in_days', 730),
  ),
  seed(
    'Terraform does not delete what cannot be made again',
    having('azurerm_storage_account', 'data', 'lifecycle', undefined),
  ),
  seed(
    'a vault that was deleted can be had back',
    having('azurerm_key_vault', '', 'purge_protection_enabled', false),
  ),
  seed(
    'the budget of the config is there, and its people are told at 50, 80 and 100 percent',
    having('azurerm_consumption_budget_resource_group', '', 'amount', 1),
  ),
  seed('every alarm tells somebody', having('azurerm_monitor_metric_alert', '', 'action', [])),
  seed(
    'every resource that can bear tags has those of its environment',
    having('azurerm_resource_group', '', 'tags', undefined),
  ),
]

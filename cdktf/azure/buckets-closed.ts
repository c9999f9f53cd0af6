/**
 * What all storage accounts have in common. Azure encrypts them by itself; their endpoints stay public, for browsers send
 * films there and the apps have no network of their own.
 */
export const CLOSED = {
  accountKind: 'StorageV2',
  accountTier: 'Standard',
  // Three copies in one building; ZRS would cost a quarter more, and a film can be made again from its source.
  accountReplicationType: 'LRS',
  minTlsVersion: 'TLS1_2',
  httpsTrafficOnlyEnabled: true,
  allowNestedItemsToBePublic: false,
  crossTenantReplicationEnabled: false,
  localUserEnabled: false,
  defaultToOauthAuthentication: true,
} as const

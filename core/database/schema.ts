// drizzle reads the whole schema through this one file; domains keep their own tables.
// biome-ignore-all lint/performance/noBarrelFile: the schema assembly is the one place where the tables meet
export {
  billingCustomers,
  billingEffects,
  billingOperations,
  disputes,
  invoiceLines,
  invoices,
  paymentAttempts,
  paymentMethods,
  payments,
  planFeatures,
  planPrices,
  plans,
  refunds,
  subscriptions,
} from '../billing/schema.ts'
export { availabilityWindows, credits, episodes, seasons, titles } from '../catalog/schema.ts'
export { assetKeys, contentKeys } from '../drm/schema.ts'
export { dunningCases, dunningSteps } from '../dunning/schema.ts'
export { memberships, organisations, refreshTokens, sessions, users } from '../identity/schema.ts'
export { ledgerBalances, ledgerEntries, ledgerTransactions, revenueDays } from '../ledger/schema.ts'
export { payees, payeeTransfers, payouts } from '../payouts/schema.ts'
export {
  networks,
  playbackDecisions,
  playbackDevices,
  playbackNonces,
  playbackRates,
  playbackRules,
  playbackSessions,
  retiredEditions,
  viewingLimits,
} from '../playback/schema.ts'
export { units } from '../transcode/schema.ts'
export { usageEventKeys, usageEvents, usageReports, usageRollups } from '../usage/schema.ts'
export { captions, chapters, renditions, thumbnails, uploads, videos } from '../video/schema.ts'
export { billingCursors, webhookInbox, webhookObjects } from '../webhooks/schema.ts'
export { deadLetters, deliveryAttempts, inbox, outbox } from './delivery-schema.ts'
export { featureFlags } from './flag-schema.ts'

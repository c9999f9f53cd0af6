import type { Operation } from '../store.ts'
import { accountOperations } from './account-operations.ts'
import { invoiceOperations } from './invoice-operations.ts'
import { invoicePartOperations } from './invoice-part-operations.ts'
import { paymentOperations } from './payment-operations.ts'
import { scheduleOperations } from './schedule-operations.ts'
import { subscriptionLists } from './subscription-lists.ts'
import { subscriptionOperations } from './subscription-operations.ts'
import { testClockOperations } from './test-clocks.ts'

/** All that Stripe's API does with subscriptions, invoices and money. */
export const engineOperations: readonly Operation[] = [
  ...subscriptionOperations,
  ...subscriptionLists,
  ...scheduleOperations,
  ...invoiceOperations,
  ...invoicePartOperations,
  ...paymentOperations,
  ...accountOperations,
  ...testClockOperations,
]

import { engineOperations } from './engine/operations.ts'
import { accountOperations } from './resources/accounts.ts'
import { checkoutOperations } from './resources/checkout-sessions.ts'
import { ofConnectedAccounts } from './resources/connected-payouts.ts'
import { customerOperations } from './resources/customers.ts'
import { eventOperations } from './resources/events.ts'
import { meterOperations } from './resources/meters.ts'
import { paymentMethodOperations } from './resources/payment-methods.ts'
import { portalOperations } from './resources/portal-sessions.ts'
import { priceOperations } from './resources/prices.ts'
import { productOperations } from './resources/products.ts'
import { setupIntentOperations } from './resources/setup-intents.ts'
import { taxOperations } from './resources/tax-calculations.ts'
import { transferOperations } from './resources/transfers.ts'
import { eventDestinationOperations, webhookEndpointOperations } from './resources/webhook-endpoints.ts'
import type { Operation } from './store.ts'

/** Every call that the server answers. */
export const operations: readonly Operation[] = [
  ...productOperations,
  ...priceOperations,
  ...customerOperations,
  ...paymentMethodOperations,
  ...setupIntentOperations,
  ...checkoutOperations,
  ...portalOperations,
  ...meterOperations,
  ...accountOperations,
  ...transferOperations,
  ...taxOperations,
  ...webhookEndpointOperations,
  ...eventDestinationOperations,
  ...eventOperations,
  ...engineOperations.map(ofConnectedAccounts),
]

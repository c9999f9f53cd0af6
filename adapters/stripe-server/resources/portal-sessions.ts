import { settingsOf } from '../engine/settings.ts'
import type { StrictOperation } from '../operation-table.ts'
import type { Store, StripeObject } from '../store.ts'
import { existing, make, text } from './fields.ts'

const GOOD_FOR_SECONDS = 3600

/** https://docs.stripe.com/api/customer_portal/sessions */
export const portalOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/billing_portal/sessions',
    accepts: ['customer', 'return_url', 'configuration', 'flow_data', 'locale'],
    requires: ['customer'],
    run(store, { params }) {
      const customer = existing(store, 'customer', text(params, 'customer') ?? '', 'customer')
      const id = store.newId('bps')
      return make(store, 'billing_portal.session.created', {
        id,
        object: 'billing_portal.session',
        configuration: text(params, 'configuration') ?? 'bpc_default',
        created: store.now(),
        customer: customer.id,
        flow: null,
        livemode: false,
        locale: text(params, 'locale') ?? null,
        on_behalf_of: null,
        return_url: text(params, 'return_url') ?? null,
        url: `${settingsOf(store).origin}/portal/${id}`,
      })
    },
  },
]

/** The session while it is good. */
export function portalSession(store: Store, id: string): StripeObject | undefined {
  const session = store.get(id)
  const good =
    session?.object === 'billing_portal.session' && Number(session.created) + GOOD_FOR_SECONDS > store.now()
  return good ? session : undefined
}

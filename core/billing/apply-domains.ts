import { observeDispute, observeInvoice, observeSubscription } from '../dunning/observe.ts'
import {
  postDispute,
  postInvoice,
  postPayment,
  postPayout,
  postRefund,
  postTransfer,
} from '../ledger/post.ts'
import { observePayeeAccount, observePayout, observeTransfer } from '../payouts/observe.ts'
import { observeMeterNotice } from '../usage/observe.ts'
import type { Applying } from './applying.ts'
import type { ObjectKind, ObjectOf } from './provider-objects.ts'

type Hook<K extends ObjectKind> = (at: Applying, object: ObjectOf<K>) => Promise<void>

/** What other domains do when an object has been written, in the same transaction. All of it bears repetition. */
export interface Domains {
  readonly ledger: {
    readonly [K in 'invoice' | 'payment' | 'refund' | 'dispute' | 'payout' | 'transfer']: Hook<K>
  }
  readonly dunning: { readonly [K in 'invoice' | 'subscription' | 'dispute']: Hook<K> }
  readonly payouts: {
    readonly payout: Hook<'payout'>
    readonly transfer: Hook<'transfer'>
    readonly payeeAccount: Hook<'payee-account'>
  }
  readonly usage: { readonly notice: Hook<'notice'> }
}

export const DOMAINS: Domains = {
  ledger: {
    invoice: postInvoice,
    payment: postPayment,
    refund: postRefund,
    dispute: postDispute,
    payout: postPayout,
    transfer: postTransfer,
  },
  dunning: { invoice: observeInvoice, subscription: observeSubscription, dispute: observeDispute },
  payouts: { payout: observePayout, transfer: observeTransfer, payeeAccount: observePayeeAccount },
  usage: { notice: observeMeterNotice },
}

/** Accounts of the ledger and their kind. Debits of assets and expenses, and credits of the others, make them grow. */
export const ACCOUNTS = {
  /** What customers owe: `party` is the customer at the provider. */
  receivable: 'asset',
  /** Our money at the provider. */
  'provider-balance': 'asset',
  /**
   * Between what a payment or refund says and what the provider's balance shows of it: what is not there yet, and of a
   * conversion both sides, each in its currency.
   */
  clearing: 'asset',
  /** On its way from the provider to our bank. */
  'payouts-in-transit': 'asset',
  bank: 'asset',
  /** Paid outside of the provider: by bank transfer, in cash. */
  'out-of-band': 'asset',
  /**
   * Credit balances of customers: `party` is the customer. What invoices and their credit notes
   * gave and took; credit that was given by hand is no object of its own, so it is seen when an invoice takes it.
   */
  'customer-credit': 'liability',
  'tax-payable': 'liability',
  'revenue-subscriptions': 'income',
  'revenue-usage': 'income',
  'revenue-single': 'income',
  /** Less income: what was paid back, credited or written off. With the tax in it. */
  refunds: 'contra-income',
  'credit-notes': 'contra-income',
  'bad-debt': 'expense',
  disputes: 'expense',
  fees: 'expense',
  /** What payees have got: `party` is the payee's account. */
  'payee-share': 'expense',
  /** What the provider moved and we do not know: never silently dropped, to be looked at. */
  suspense: 'asset',
} as const satisfies Record<string, 'asset' | 'liability' | 'income' | 'contra-income' | 'expense'>
export type AccountCode = keyof typeof ACCOUNTS

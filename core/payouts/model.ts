/**
 * `asked` before the call, `sent` once the provider has it, `reversed` when all of it was taken back, `refused` when the
 * provider will not do it.
 */
export type TransferState = 'asked' | 'sent' | 'reversed' | 'refused'
export type PayeeStatus = 'asked' | 'onboarding' | 'active' | 'closed'

/** What is left of an account that the provider does not have any more, among its requirements. */
export const ACCOUNT_CLOSED = 'account-closed'

interface Account {
  readonly accountId: string | null
  readonly payoutsEnabled: boolean
  readonly requirements: readonly string[]
}

export const isClosed = ({ requirements }: Pick<Account, 'requirements'>): boolean =>
  requirements.includes(ACCOUNT_CLOSED)

/** Whether another account may take this one's place. */
export const isReplaceable = (account: Account): boolean => account.accountId === null || isClosed(account)

export function payeeStatus(account: Account): PayeeStatus {
  if (account.accountId === null) return 'asked'
  if (isClosed(account)) return 'closed'
  return account.payoutsEnabled ? 'active' : 'onboarding'
}

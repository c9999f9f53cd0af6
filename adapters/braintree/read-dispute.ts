import type { BalanceEntry, DisputeObject } from '../../core/billing/provider-objects.ts'
import { movement } from '../provider-api/balance.ts'
import { moneyOf } from '../provider-api/decimal-minor.ts'
import { childOf, type Element, needed, textIn } from './xml.ts'

type Status = DisputeObject['status']

/** As a claim, and as a mere question of the bank. https://developer.paypal.com/braintree/docs/reference/response/dispute/node */
const STATUS: Readonly<Record<string, readonly [Status, Status]>> = {
  open: ['needs_response', 'warning_needs_response'],
  disputed: ['under_review', 'warning_under_review'],
  under_review: ['under_review', 'warning_under_review'],
  won: ['won', 'warning_closed'],
  lost: ['lost', 'warning_closed'],
  accepted: ['lost', 'warning_closed'],
  auto_accepted: ['lost', 'warning_closed'],
  expired: ['lost', 'warning_closed'],
}

const isInquiry = (dispute: Element): boolean => textIn(dispute, 'kind') === 'retrieval'

function statusOf(dispute: Element): Status {
  const status = needed(dispute, 'status')
  const known = Object.hasOwn(STATUS, status) ? STATUS[status] : undefined
  if (!known) throw new TypeError('Braintree has a status of disputes that is not known here')
  return known[isInquiry(dispute) ? 1 : 0]
}

const disputed = (dispute: Element) => textIn(dispute, 'amount-disputed') ?? needed(dispute, 'amount')

export function readDispute(dispute: Element, livemode: boolean): DisputeObject {
  const transaction = childOf(dispute, 'transaction')
  if (!transaction) throw new TypeError('a dispute of Braintree does not say what it is about')
  const due = textIn(dispute, 'reply-by-date')
  const opened = textIn(dispute, 'created-at') ?? needed(dispute, 'received-date')
  return {
    ...{ kind: 'dispute', id: needed(dispute, 'id'), livemode, status: statusOf(dispute) },
    ...moneyOf(disputed(dispute), needed(dispute, 'currency-iso-code')),
    paymentId: needed(transaction, 'id'),
    reason: textIn(dispute, 'reason') ?? 'unknown',
    evidenceDueAt: due === null ? null : new Date(due),
    balance: movementsOf(dispute),
    createdAt: new Date(opened),
  }
}

/** Taken when it was opened, given back when it was won, each once its money was moved: its history has the days. */
function movementsOf(dispute: Element): readonly BalanceEntry[] {
  if (isInquiry(dispute)) return []
  const history = childOf(dispute, 'status-history')?.children ?? []
  return history.flatMap((event, index) => {
    const [status, day] = [textIn(event, 'status'), textIn(event, 'disbursement-date')]
    if (day === null || (status !== 'open' && status !== 'won')) return []
    const won = textIn(dispute, 'amount-won') ?? disputed(dispute)
    const money = moneyOf(status === 'open' ? disputed(dispute) : won, needed(dispute, 'currency-iso-code'))
    const moved = status === 'open' ? { ...money, amountMinor: -money.amountMinor } : money
    const type = status === 'open' ? 'dispute' : 'dispute_reversal'
    return [movement({ id: `${needed(dispute, 'id')}/${index}`, type, money: moved, at: new Date(day) })]
  })
}

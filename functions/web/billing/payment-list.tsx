import type { Payment } from '../../../core/billing/wire-payments.ts'
import { type Payer, payments } from '../kit/billing-api.ts'
import { day } from '../kit/format.ts'
import { money } from '../kit/money.ts'
import { PagedRows } from './paged-rows.tsx'

/** Payments, newest first, with what was refused and what was paid back. */
export function PaymentList({ payer, changes = 0 }: { payer: Payer; changes?: number }) {
  return (
    <PagedRows
      read={(cursor) => payments.list({ ...payer, ...cursor })}
      on={[payer.organisationId]}
      changes={changes}
      none="There are no payments yet."
      row={(payment: Payment) => <Row key={payment.id} payment={payment} />}
    />
  )
}

const STATES: { readonly [S in Payment['status']]: { readonly kind: string; readonly text: string } } = {
  requires_payment_method: { kind: 'tag bad', text: 'Refused' },
  requires_confirmation: { kind: 'tag', text: 'Not confirmed' },
  requires_action: { kind: 'tag busy', text: 'Waits for your approval' },
  processing: { kind: 'tag busy', text: 'On its way' },
  requires_capture: { kind: 'tag busy', text: 'Reserved' },
  succeeded: { kind: 'tag good', text: 'Paid' },
  canceled: { kind: 'tag', text: 'Called off' },
  failed: { kind: 'tag bad', text: 'Failed' },
}

function Row({ payment }: { payment: Payment }) {
  const { status, currency, amountMinor, createdAt, receiptUrl } = payment
  const word = STATES[status]
  return (
    <li class="line" aria-label={`Payment of ${day(createdAt)}`}>
      <span class="line-main">
        <b>{day(createdAt)}</b> <span class="soft">{noteOf(payment)}</span>
      </span>
      <span class={word.kind}>{word.text}</span>
      <span class="line-amount">{money(amountMinor, currency)}</span>
      {receiptUrl ? (
        <a class="button small" href={receiptUrl}>
          Receipt<span class="unseen"> of {day(createdAt)}</span>
        </a>
      ) : (
        <span class="line-gap" />
      )}
    </li>
  )
}

function noteOf({ attempts, refundedMinor, disputed, currency, status }: Payment): string {
  const refused = attempts.filter((one) => one.status === 'failed').at(-1)
  const notes = [
    refundedMinor > 0 && `${money(refundedMinor, currency)} paid back`,
    disputed && 'disputed',
    status !== 'succeeded' && refused?.failureMessage,
  ]
  return notes.filter(Boolean).join(' · ')
}

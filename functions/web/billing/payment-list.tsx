import type { Payment } from '../../../core/billing/wire-payments.ts'
import { usePages } from '../kit/asked.ts'
import { type Payer, payments } from '../kit/billing-api.ts'
import { day } from '../kit/format.ts'
import { money } from '../kit/money.ts'
import { attempt } from '../kit/say.tsx'
import { useSoon } from '../kit/soon.ts'
import { Trouble, Waiting } from '../kit/trouble.tsx'

/** Payments, newest first, with what was refused and what was paid back. */
export function PaymentList({ payer, changes = 0 }: { payer: Payer; changes?: number }) {
  const read = (cursor: { cursor?: string }) => payments.list({ ...payer, ...cursor })
  const { value, trouble, again, more } = usePages(read, [payer.organisationId])
  useSoon(again, changes || value?.items.length === 0)
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={2} />
  if (value.items.length === 0) return <p class="soft">There are no payments yet.</p>
  return (
    <>
      <ul class="rows card">
        {value.items.map((payment) => (
          <Row key={payment.id} payment={payment} />
        ))}
      </ul>
      {more && (
        <button type="button" class="button" onClick={() => attempt(more)}>
          Show more
        </button>
      )}
    </>
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

import type { InvoiceSummary } from '../../../core/billing/wire-payments.ts'
import { type Payer, payments } from '../kit/billing-api.ts'
import { day } from '../kit/format.ts'
import { money } from '../kit/money.ts'
import { PagedRows } from './paged-rows.tsx'

/** Invoices, newest first, each with its PDF; an open one can be paid. `changes`: how often the plan was changed here. */
export function InvoiceList({ payer, changes = 0 }: { payer: Payer; changes?: number }) {
  return (
    <PagedRows
      read={(cursor) => payments.invoices({ ...payer, ...cursor })}
      on={[payer.organisationId]}
      changes={changes}
      none="There are no invoices yet."
      row={(invoice: InvoiceSummary) => <Row key={invoice.id} invoice={invoice} />}
    />
  )
}

const STATES = {
  draft: { kind: 'tag', text: 'Being made' },
  open: { kind: 'tag busy', text: 'To be paid' },
  paid: { kind: 'tag good', text: 'Paid' },
  void: { kind: 'tag', text: 'Void' },
  uncollectible: { kind: 'tag bad', text: 'Not paid' },
} as const

function Row({ invoice }: { invoice: InvoiceSummary }) {
  const { number, status, currency, totalMinor, createdAt, pdfUrl, hostedUrl } = invoice
  const name = number ?? 'Not numbered yet'
  return (
    <li class="line" aria-label={`Invoice ${name}`}>
      <span class="line-main">
        <b>{name}</b> <span class="soft">{day(createdAt)}</span>
      </span>
      {status === 'open' && hostedUrl && (
        <a class="button small main" href={hostedUrl}>
          Pay<span class="unseen"> invoice {name}</span>
        </a>
      )}
      <span class={STATES[status].kind}>{STATES[status].text}</span>
      <span class="line-amount">{money(totalMinor, currency)}</span>
      {pdfUrl ? (
        <a class="button small" href={pdfUrl}>
          PDF<span class="unseen"> of invoice {name}</span>
        </a>
      ) : (
        <span class="line-gap" />
      )}
    </li>
  )
}

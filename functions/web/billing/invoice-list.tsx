import type { InvoiceSummary } from '../../../core/billing/wire-payments.ts'
import { usePages } from '../kit/asked.ts'
import { type Payer, payments } from '../kit/billing-api.ts'
import { day } from '../kit/format.ts'
import { money } from '../kit/money.ts'
import { attempt } from '../kit/say.tsx'
import { useSoon } from '../kit/soon.ts'
import { Trouble, Waiting } from '../kit/trouble.tsx'

/** Invoices, newest first, each with its PDF; an open one can be paid. `changes`: how often the plan was changed here. */
export function InvoiceList({ payer, changes = 0 }: { payer: Payer; changes?: number }) {
  const read = (cursor: { cursor?: string }) => payments.invoices({ ...payer, ...cursor })
  const { value, trouble, again, more } = usePages(read, [payer.organisationId])
  useSoon(again, changes || value?.items.length === 0)
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={2} />
  if (value.items.length === 0) return <p class="soft">There are no invoices yet.</p>
  return (
    <>
      <ul class="rows card">
        {value.items.map((invoice) => (
          <Row key={invoice.id} invoice={invoice} />
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

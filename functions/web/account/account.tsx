import { useState } from 'preact/hooks'
import { InvoiceList } from '../billing/invoice-list.tsx'
import { MethodList } from '../billing/method-list.tsx'
import { PaymentList } from '../billing/payment-list.tsx'
import { PlanSection } from '../billing/plan-section.tsx'
import { PortalButton } from '../billing/portal-button.tsx'
import { useAsked } from '../kit/asked.ts'
import { subscriptions } from '../kit/billing-api.ts'
import { Trouble, Waiting } from '../kit/trouble.tsx'
import { Watching } from './watching.tsx'

const HERE = '/account/'
const ME = {}

/** A person's own plan, cards, invoices and payments. */
export function Account() {
  const { value, trouble, again } = useAsked(() => subscriptions.list(ME))
  // A change of plan makes invoices and payments.
  const [changes, setChanges] = useState(0)
  const changed = () => {
    again()
    setChanges(changes + 1)
  }
  return (
    <div class="stack narrow">
      <div class="spread">
        <h1>Account</h1>
        <PortalButton payer={ME} returnPath={HERE} />
      </div>
      <section class="stack" aria-label="Plan">
        <h2>Plan</h2>
        {trouble && <Trouble words={trouble} again={again} />}
        {!value && !trouble && <Waiting rows={2} />}
        {value && (
          <PlanSection
            payer={ME}
            subscriptions={value}
            returnPath={HERE}
            onChange={changed}
            none={<NoPlan />}
          />
        )}
      </section>
      <Watching />
      <section class="stack" aria-label="Payment methods">
        <h2>Payment methods</h2>
        <MethodList payer={ME} />
      </section>
      <section class="stack" aria-label="Invoices">
        <h2>Invoices</h2>
        <InvoiceList payer={ME} changes={changes} />
      </section>
      <section class="stack" aria-label="Payments">
        <h2>Payments</h2>
        <PaymentList payer={ME} changes={changes} />
      </section>
    </div>
  )
}

function NoPlan() {
  return (
    <div class="empty card">
      <p>You have no plan at the moment.</p>
      <a class="button main" href="/plans/">
        See plans
      </a>
    </div>
  )
}

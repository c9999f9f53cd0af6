import { useState } from 'preact/hooks'
import type { OrganisationCard } from '../../../../core/identity/organisations-wire.ts'
import { checkoutUrl } from '../../billing/intent.ts'
import { InvoiceList } from '../../billing/invoice-list.tsx'
import { useLeave } from '../../billing/leave.ts'
import { PlanList } from '../../billing/plan-list.tsx'
import { PlanSection } from '../../billing/plan-section.tsx'
import { PortalButton } from '../../billing/portal-button.tsx'
import { useAsked } from '../../kit/asked.ts'
import { type Payer, subscriptions } from '../../kit/billing-api.ts'
import { Trouble, Waiting } from '../../kit/trouble.tsx'
import { billingPath } from './place.ts'
import { UsageSection } from './usage-section.tsx'

/** Plan, usage and invoices of one who pays; `undefined` for oneself. */
export function PayerBilling({ organisation }: { organisation: OrganisationCard | undefined }) {
  if (organisation?.role === 'member')
    return (
      <p class="note">
        The billing of {organisation.name} is seen by its owners and by those who do its billing. Ask one of
        them.
      </p>
    )
  return <Parts payer={organisation ? { organisationId: organisation.id } : {}} />
}

function Parts({ payer }: { payer: Payer }) {
  const { value, trouble, again } = useAsked(() => subscriptions.list(payer))
  const [changes, setChanges] = useState(0)
  const here = billingPath(payer.organisationId)
  const changed = () => {
    again()
    setChanges(changes + 1)
  }
  return (
    <>
      <section class="stack" aria-label="Plan">
        <div class="spread">
          <h2>Plan</h2>
          {value && value.length > 0 && <PortalButton payer={payer} returnPath={here} />}
        </div>
        {trouble && <Trouble words={trouble} again={again} />}
        {!value && !trouble && <Waiting rows={2} />}
        {value && (
          <PlanSection
            {...{ payer, subscriptions: value, returnPath: here }}
            onChange={changed}
            none={
              payer.organisationId === undefined ? <OwnPlan /> : <StudioPlans payer={payer} here={here} />
            }
          />
        )}
      </section>
      <section class="stack" aria-label="Usage">
        <h2>Usage</h2>
        <UsageSection payer={payer} />
      </section>
      <section class="stack" aria-label="Invoices">
        <h2>Invoices</h2>
        <InvoiceList payer={payer} changes={changes} />
      </section>
    </>
  )
}

function OwnPlan() {
  return (
    <p class="note">
      Plans for studios belong to an organisation: choose one above, or make a new one. What you watch
      yourself is on <a href="/plans/">another plan</a>.
    </p>
  )
}

function StudioPlans({ payer, here }: { payer: Payer; here: string }) {
  const [busy, leave] = useLeave()
  return (
    <PlanList
      audience="organisation"
      current={undefined}
      busy={busy}
      onChoose={(chosen) =>
        void leave(() => checkoutUrl({ ...payer, ...chosen, successPath: here, cancelPath: here }))
      }
    />
  )
}
